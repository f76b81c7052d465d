import type { Answer, FindRequest, Relaxation } from "./finder";

/** Lengths of a meeting that can be chosen, in minutes. Twenty is what a discharge meeting usually takes. */
export const lengths = [15, 20, 30, 45] as const;

/** How far beyond the discharge a search may look when it is told to. */
const afterDischarge = 3 * 24 * 3_600_000;

/** Change is a relaxation as far as applying and naming it needs. Only two_changes and several_changes have parts. */
export type Change = Pick<Relaxation, "code" | "need" | "value"> & { parts?: readonly Change[] };

/** Search is what a person has changed about the search that the case came with. */
export type Search = {
  /** Minutes; null: as the case says. */
  duration: number | null;
  /** People whose calendar is not known are offered, marked. */
  uncertain: boolean;
  /** Times after the discharge too. */
  after: boolean;
  /** Instant at which the search ends although the case would allow later; null: none. */
  until: string | null;
  changes: readonly Change[];
};

export const unchanged: Search = { duration: null, uncertain: true, after: false, until: null, changes: [] };

/** changeKey tells changes apart. */
export function changeKey(change: Change): string {
  return [change.code, change.need ?? "", change.value ?? "", ...(change.parts ?? []).map(changeKey)].join(" ");
}

function sameChange(a: Change, b: Change): boolean {
  return changeKey(a) === changeKey(b);
}

/** withChange applies a relaxation. What a control of its own stands for moves that control instead. */
export function withChange(search: Search, change: Change): Search {
  if (change.code === "unknown_offered") return { ...search, uncertain: true };
  if (change.code === "shorter" && lengths.some((length) => length === change.value)) return { ...search, duration: change.value ?? null };
  return { ...search, changes: [...search.changes.filter((c) => !sameChange(c, change)), change] };
}

export function withoutChange(search: Search, change: Change): Search {
  return { ...search, changes: search.changes.filter((c) => !sameChange(c, change)) };
}

/** withDuration also takes back a relaxation that had shortened the meeting. */
export function withDuration(search: Search, duration: number): Search {
  return { ...search, duration, changes: search.changes.filter((c) => c.code !== "shorter") };
}

/** adapted is the case's request with everything that the person changed. */
export function adapted(base: FindRequest, search: Search): FindRequest {
  let request: FindRequest = { ...base, duration_min: search.duration ?? base.duration_min };
  if (!search.uncertain) request = { ...request, policy: { ...request.policy, unknown: "exclude" } };
  if (search.after && base.deadline) {
    const to = new Date(Date.parse(base.deadline) + afterDischarge).toISOString();
    request = { ...request, deadline: undefined, window: { ...base.window, to } };
  }
  return endingBy(search.changes.reduce(relaxed, request), search.until);
}

/** endingBy narrows the window to what ends by an instant. */
function endingBy(request: FindRequest, until: string | null): FindRequest {
  if (!until || Date.parse(request.window.to) <= Date.parse(until)) return request;
  return { ...request, window: { ...request.window, to: until } };
}

/** How near a meeting of today is meant to be when somebody asks for one soon. */
const soonMilliseconds = 3 * 3_600_000;

/** soonFrom is the end of a search for a meeting soon, on a whole minute. */
export function soonFrom(now: Date): string {
  return new Date(Math.floor((now.getTime() + soonMilliseconds) / 60_000) * 60_000).toISOString();
}

/** relaxed is the request with one relaxation applied. An unknown one changes nothing. */
export function relaxed(request: FindRequest, change: Change): FindRequest {
  const policy = request.policy ?? {};
  switch (change.code) {
    case "shorter": return shortened(request, change.value ?? request.duration_min);
    case "stand_in": return { ...request, need: request.need.map((n) => (n.id === change.need && n.substitute ? { ...n, substitute: { ...n.substitute, use: true } } : n)) };
    case "tentative_free": return { ...request, policy: { ...policy, tentative: "free" } };
    case "use_duty": return { ...request, policy: { ...policy, use_duty: true } };
    case "outside_hours": return { ...request, policy: { ...policy, outside_hours: "last_resort" } };
    case "without_need": return withoutNeed(request, change.need);
    case "fewer": return { ...request, need: request.need.map((n) => (n.id === change.need ? { ...n, k: Math.max(1, change.value ?? (n.k ?? 2) - 1) } : n)) };
    case "unknown_offered": return { ...request, policy: { ...policy, unknown: "offer_marked" } };
    case "no_buffer": return { ...request, policy: { ...policy, buffer_min: 0, travel_min: 0 } };
    case "min_notice": return { ...request, min_notice_min: 0 };
    case "deadline": return { ...request, deadline: undefined };
    case "finer_grid": return { ...request, grid_min: 5 };
    case "two_changes":
    case "several_changes": return (change.parts ?? []).reduce(relaxed, request);
  }
  return request;
}

/** shortened is a shorter meeting: nobody can be needed for longer than it lasts. */
function shortened(request: FindRequest, minutes: number): FindRequest {
  const need = request.need.map((n) => (n.until_min && n.until_min > minutes ? { ...n, until_min: minutes } : n));
  return { ...request, duration_min: minutes, need };
}

/** What a seat that is no longer needed is worth when somebody can fill it all the same. */
const leftOutWeight = 60;

/** withoutNeed no longer needs the seat, but still fills it when that can be done. The last seat stays. */
function withoutNeed(request: FindRequest, id: string | undefined): FindRequest {
  const left = request.need.find((n) => n.id === id);
  if (!left || request.need.length === 1) return request;
  return {
    ...request,
    need: request.need.filter((n) => n.id !== id),
    want: [...request.want, { id: left.id, any_of: left.any_of, role: left.role, weight: leftOutWeight }],
  };
}

/** atStart narrows a search to one start, to learn who would come then. */
export function atStart(request: FindRequest, start: string): FindRequest {
  const to = new Date(Date.parse(start) + request.duration_min * 60_000).toISOString();
  return { ...request, window: { from: start, to }, limit: 1, list: undefined };
}

/** sameSearch: two requests for the same people under the same rules. The window moves with the clock and does not count. */
export function sameSearch(a: FindRequest, b: FindRequest): boolean {
  const fixed = (r: FindRequest) => JSON.stringify({ ...r, window: null, now: null });
  return fixed(a) === fixed(b);
}

/** sameAnswer: a person who chose from the one would find the same to choose in the other. Points move with the clock and do not count. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  const offered = (answer: Answer) =>
    JSON.stringify(answer.suggestions.map((s) => [s.start, s.end, Object.entries(s.cast).sort(([x], [y]) => x.localeCompare(y)), s.want_met, s.unknown]));
  return offered(a) === offered(b);
}
