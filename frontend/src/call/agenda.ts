/** The plan of a planned meeting, and how much of the time is left. Pure. */

export type AgendaItem = "here" | "hospital" | "primary" | "patient" | "checklist" | "owners" | "readback";

/** Twenty minutes as the field shares them out. */
const shares: readonly { item: AgendaItem; minutes: number }[] = [
  { item: "here", minutes: 1 }, { item: "hospital", minutes: 3 }, { item: "primary", minutes: 3 }, { item: "patient", minutes: 3 },
  { item: "checklist", minutes: 6 }, { item: "owners", minutes: 2 }, { item: "readback", minutes: 2 },
];

const whole = shares.reduce((sum, share) => sum + share.minutes, 0);

/** A meeting can be shortened to this and still go through everything. */
export const shortMinutes = 8;

/** A part lasts [from, until) seconds from the beginning. */
export type AgendaPart = { item: AgendaItem; from: number; until: number };

/** isPlanned: a couple of words have no agenda, only a clock. */
export function isPlanned(minutes: number): boolean {
  return minutes > 10;
}

/** agenda shares out so many minutes in the proportions of the twenty. */
export function agenda(minutes: number): AgendaPart[] {
  let before = 0;
  return shares.map((share) => {
    const from = Math.round((before / whole) * minutes * 60);
    before += share.minutes;
    return { item: share.item, from, until: Math.round((before / whole) * minutes * 60) };
  });
}

/** Clock is where the talk stands. none: it has not been started. last: nearly at the end. left counts whole minutes, the running one too. */
export type Clock = { kind: "none" } | { kind: "before" } | { kind: "running" | "last"; seconds: number; left: number } | { kind: "over" };

const lastMinutes = 2;

/** clockAt: began (null: not yet) and now are in milliseconds. In a talk of two minutes "nearly at the end" is the second one. */
export function clockAt(began: number | null, minutes: number, now: number): Clock {
  if (began === null) return { kind: "none" };
  const seconds = Math.floor((now - began) / 1000);
  const left = minutes * 60 - seconds;
  if (seconds < 0) return { kind: "before" };
  if (left <= 0) return { kind: "over" };
  const last = Math.min(lastMinutes * 60, (minutes * 60) / 2);
  return { kind: left <= last ? "last" : "running", seconds, left: Math.ceil(left / 60) };
}

/** partAt is the part that is due, or null before and after. */
export function partAt(parts: readonly AgendaPart[], clock: Clock): AgendaPart | null {
  if (clock.kind !== "running" && clock.kind !== "last") return null;
  return parts.find((part) => part.from <= clock.seconds && clock.seconds < part.until) ?? null;
}
