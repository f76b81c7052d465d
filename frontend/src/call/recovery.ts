/** What a phone call does to the sound of a page, and when that is worth a word. Pure. */

/** Sign is something the machine has told us. */
export type Sign =
  | "microphone_stopped" | "microphone_back"
  | "playback_stopped" | "playback_back"
  /** The audio clock was taken away and came back: iOS says so when the telephone rings. */
  | "clock_stopped" | "clock_back"
  | "hidden" | "shown"
  /** A press has opened everything anew. */
  | "restored";

export type Interruption = {
  microphone: boolean;
  playback: boolean;
  clock: boolean;
  /** Nobody looks at the page: the phone call has the screen. */
  hidden: boolean;
  /** Since when something has been wrong before somebody's eyes, in milliseconds; null: nothing is. */
  since: number | null;
};

export const undisturbed: Interruption = { microphone: false, playback: false, clock: false, hidden: false, since: null };

/** Most machines give everything back by themselves; a word before that would be wrong as soon as it is read. */
export const mendsWithin = 2_000;

/** nextInterruption takes a sign in; now is in milliseconds. */
export function nextInterruption(state: Interruption, sign: Sign, now: number): Interruption {
  const next = { ...state, ...changed(sign) };
  const wrong = next.microphone || next.playback || next.clock;
  if (!wrong || next.hidden) return { ...next, since: null };
  return { ...next, since: state.since ?? now };
}

function changed(sign: Sign): Partial<Interruption> {
  switch (sign) {
    case "microphone_stopped":
    case "microphone_back":
      return { microphone: sign === "microphone_stopped" };
    case "playback_stopped":
    case "playback_back":
      return { playback: sign === "playback_stopped" };
    case "clock_stopped":
    case "clock_back":
      return { clock: sign === "clock_stopped" };
    case "hidden":
    case "shown":
      return { hidden: sign === "hidden" };
    case "restored":
      return { microphone: false, playback: false, clock: false };
  }
}

/** isLost: the sound does not come back by itself. */
export function isLost(state: Interruption, now: number): boolean {
  return state.since !== null && now - state.since >= mendsWithin;
}

/** nextCheck is when isLost should be asked again, in milliseconds from now; null: not before there is another sign. */
export function nextCheck(state: Interruption, now: number): number | null {
  return state.since === null || isLost(state, now) ? null : state.since + mendsWithin - now;
}
