import type { Schemas } from "../api/client";

/** Searching for another time or another person for a meeting that stands. Pure. */

export type Request = Schemas["Request"];
export type RepairView = Schemas["RepairView"];
export type Deputy = Schemas["RepairDeputy"];
type Seat = Pick<Schemas["SeatView"], "id" | "person">;
type Suggestion = Schemas["Suggestion"];

/** Causes that are none: somebody who can come, and nothing speaks against it. */
export const unhindered: ReadonlySet<string> = new Set(["free", "passed_over", "seated"]);

/** pinned is the search for another time with exactly those who are in the meeting: a move keeps its people. */
export function pinned(find: Request, seats: readonly Seat[]): Request {
  const sits = new Map(seats.flatMap((s) => (s.person ? [[s.id, s.person.id] as const] : [])));
  const needs = (find.need ?? []).map((need) => {
    const person = sits.get(need.id);
    return person ? { id: need.id, any_of: [person], ...(need.until_min ? { until_min: need.until_min } : {}) } : null;
  }).filter((need) => need !== null);
  const wanted = (find.want ?? []).flatMap((want) => {
    const person = want.id ? sits.get(want.id) : undefined;
    return want.id && person ? [{ id: want.id, any_of: [person] }] : [];
  });
  return { ...find, need: [...needs, ...wanted], want: [] };
}

/** keepsPeople: everybody who is needed in the suggestion sits in that seat already. */
export function keepsPeople(suggestion: Pick<Suggestion, "cast">, seats: readonly Seat[]): boolean {
  return Object.entries(suggestion.cast).every(([seat, people]) => {
    const sits = seats.find((s) => s.id === seat)?.person?.id;
    return sits !== undefined && (people ?? []).every((id) => id === sits);
  });
}

/** Move is another time for the meeting. */
export type Move = { start: string; end: string };

/** movesOf joins times from two searches by their start, soonest first, without the one that the meeting has. */
export function movesOf(now: string, ...lists: (readonly Move[] | undefined)[]): Move[] {
  const byStart = new Map<number, Move>();
  for (const { start, end } of lists.flatMap((l) => l ?? [])) byStart.set(Date.parse(start), { start, end });
  byStart.delete(Date.parse(now));
  return [...byStart].sort(([a], [b]) => a - b).map(([, move]) => move);
}

/** deputiesIn reads from find/why who else could take a seat, those who can first. Whoever sits in the meeting is left out. */
export function deputiesIn(verdict: Schemas["Verdict"], seat: string, sitting: readonly string[], people: Readonly<Record<string, Schemas["PersonRef"]>>): Deputy[] {
  const found = [...(verdict.needs ?? []), ...(verdict.wants ?? [])].find((n) => n.id === seat);
  return (found?.people ?? [])
    .filter((p) => !sitting.includes(p.person))
    .map((p) => ({ person: people[p.person] ?? { id: p.person, name: p.person }, can: p.can, why: p.why, until: p.until }))
    .sort((a, b) => Number(b.can) - Number(a.can));
}
