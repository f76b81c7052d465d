import type { Schemas } from "../api/client";
import type { Suggestion } from "./finder";
import type { Hold, NewHold } from "./holds";

/** Turns suggestions into holds and back. Pure. */

/** holdOf is what holds a suggestion: everybody in its cast, for as long as it lasts. null: there is nobody to hold. */
export function holdOf(id: string, suggestion: Pick<Suggestion, "start" | "end" | "cast">): NewHold | null {
  const cast = Object.entries(suggestion.cast).flatMap(([seat, people]) => people.map((person) => ({ seat, person })));
  if (cast.length === 0) return null;
  return { case: id, start: suggestion.start, duration_min: Math.round((Date.parse(suggestion.end) - Date.parse(suggestion.start)) / 60_000), cast };
}

/** castOfHold is who sits where, by seat. */
export function castOfHold(hold: Pick<Hold, "cast">): Record<string, string> {
  return Object.fromEntries((hold.cast ?? []).map(({ seat, person }) => [seat, person]));
}

/** suggestionOf shows a hold as the suggestion it came from, as far as it is known. */
export function suggestionOf(hold: Pick<Hold, "start" | "end" | "cast">): Suggestion {
  const cast: Record<string, string[]> = {};
  for (const { seat, person } of hold.cast ?? []) (cast[seat] ??= []).push(person);
  return { start: hold.start, end: hold.end, cast, want_met: [], want_missed: [], missing: [], unknown: [], because: [] };
}

/** Holdings sorts what is held for a case: by me, by others, and what the server holds for a case that waits. */
export type Holdings = { mine: Hold[]; others: Hold[]; offers: Hold[] };

export function holdingsOf(holds: readonly Hold[], now: number): Holdings {
  const running = holds.filter((h) => Date.parse(h.until) > now).sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  return { offers: running.filter((h) => h.offer), mine: running.filter((h) => h.mine && !h.offer), others: running.filter((h) => !h.mine && !h.offer) };
}

/** waitFor is the search that a case waits with: it has a deadline, and asks for no list. */
export function waitFor(request: Schemas["Request"]): Schemas["Request"] {
  return { ...request, deadline: request.deadline ?? request.window.to, list: undefined };
}

/** sameHold finds the hold of exactly this suggestion: the same time and the same people. */
export function sameHold(holds: readonly Hold[], suggestion: Pick<Suggestion, "start" | "end" | "cast">): Hold | null {
  const people = (of: Pick<Hold, "cast">) => (of.cast ?? []).map((c) => c.person).sort().join(" ");
  const wanted = holdOf("", suggestion);
  return holds.find((h) => wanted !== null && Date.parse(h.start) === Date.parse(suggestion.start) && Date.parse(h.end) === Date.parse(suggestion.end) && people(h) === people(wanted)) ?? null;
}

/** inTheWay finds the offer to the case that holds somebody of the suggestion at its time. Booking uses it up instead of being refused by it. */
export function inTheWay(offers: readonly Hold[], { start, end, cast }: Pick<Suggestion, "start" | "end" | "cast">): Hold | null {
  const people = new Set(Object.values(cast).flat());
  return offers.find((h) => Date.parse(h.start) < Date.parse(end) && Date.parse(start) < Date.parse(h.end) && (h.cast ?? []).some((c) => people.has(c.person))) ?? null;
}
