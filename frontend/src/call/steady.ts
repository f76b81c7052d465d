/** What is shown of something that changes often: a word that comes and goes is worse than none. Pure; instants are milliseconds. */

/** Steady shows `shown`; `next` would be right since `since`. */
export type Steady<T> = { shown: T; next: T; since: number };

/** A new word must have been true for so long, and an old one false. */
export const comesAfter = 1_500;
export const goesAfter = 4_000;

/** nextSteady takes in what is true now; nothing is the value that needs no word. */
export function nextSteady<T>(state: Steady<T>, now: T, nothing: T, at: number): Steady<T> {
  const since = now === state.next ? state.since : at;
  if (now === state.shown) return { shown: now, next: now, since };
  return at - since >= waitFor(now, nothing) ? { shown: now, next: now, since } : { shown: state.shown, next: now, since };
}

/** nextTurn is in how many milliseconds nextSteady should be asked again although nothing has changed; null: not before. */
export function nextTurn<T>(state: Steady<T>, nothing: T, at: number): number | null {
  return state.next === state.shown ? null : Math.max(0, state.since + waitFor(state.next, nothing) - at);
}

function waitFor<T>(value: T, nothing: T): number {
  return value === nothing ? goesAfter : comesAfter;
}
