/** Left is what remains of a hold: over, or minutes and seconds as a clock shows them. urgent: the last minute has begun. low: holding it longer gains something. */
export type Left = { over: boolean; urgent: boolean; low: boolean; clock: string };

/** From then on a hold can be made longer: it lasts five minutes from the press, and the presses are few. */
const lowSeconds = 180;

export function leftOf(until: string, now: number): Left {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - now) / 1_000));
  return { over: seconds === 0, urgent: seconds > 0 && seconds <= 60, low: seconds > 0 && seconds <= lowSeconds, clock: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` };
}
