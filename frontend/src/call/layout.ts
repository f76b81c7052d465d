/** Who is large and who is in the strip. Pure. */

export type Seated = { key: string; you: boolean; picture: boolean };
export type Stage = { large: string | null; since: number };
export type Layout = { large: string | null; strip: readonly string[] };

/** A picture stays large at least this long: a cough must not take the room. */
export const holdFor = 1_500;

/**
 * nextStage decides who is large. A speaker takes the place once the last change is holdFor old; in silence the last one
 * stays; you are never large yourself. speakers come loudest first; now is in milliseconds.
 */
export function nextStage(stage: Stage, present: readonly Seated[], speakers: readonly string[], now: number): Stage {
  const others = present.filter((p) => !p.you);
  const still = others.find((p) => p.key === stage.large);
  const speaker = speakers.find((key) => others.some((p) => p.key === key));
  if (still && (!speaker || speaker === still.key || now - stage.since < holdFor)) return stage;
  const large = speaker ?? (others.find((p) => p.picture) ?? others[0])?.key ?? null;
  return large === stage.large ? stage : { large, since: now };
}

/** nextLook is when nextStage should be asked again although nothing has happened; null: not before something does. */
export function nextLook(stage: Stage, speakers: readonly string[], now: number): number | null {
  const waiting = speakers[0];
  return waiting && waiting !== stage.large && stage.large ? Math.max(0, stage.since + holdFor - now) : null;
}

/**
 * layout puts the others into the strip in the order of arrival, yourself last, so that nobody jumps when a speaker changes.
 * A shared screen takes the large place, and then everybody is in the strip.
 */
export function layout(large: string | null, screen: boolean, present: readonly Seated[]): Layout {
  const place = screen ? null : large;
  const others = present.filter((p) => !p.you && p.key !== place).map((p) => p.key);
  const you = present.filter((p) => p.you).map((p) => p.key);
  return { large: place, strip: [...others, ...you] };
}
