/** What must be mended in a duty plan, the worst first. Pure. */
import type { Schemas } from "../api/client";
import type { Level } from "../ui/FlagMark";

export type Roster = Schemas["RosterHealth"];
export type Gap = Schemas["Interval"];
export type Unknown = Schemas["UnknownName"];
export type PlanFeed = Schemas["RosterFeedView"];
export type Report = Schemas["RosterReport"];

export type Fault =
  | { kind: "gap"; level: Level; gap: Gap }
  | { kind: "unknown"; level: Level; unknown: Unknown }
  | { kind: "feed"; level: Level; feed: PlanFeed }
  | { kind: "report"; level: Level; report: Report };

/** A gap that begins sooner than this is red: there is little time left to find somebody. */
const soon = 24 * 3_600_000;

/** faultsOf: time without anybody first, then names that nobody has, calendars that are old or broken, and people who were not on duty. */
export function faultsOf({ gaps, unknown, feeds, reports }: Pick<Roster, "gaps" | "unknown" | "feeds" | "reports">, now: Date): Fault[] {
  return [
    ...(gaps ?? []).map((gap): Fault => ({ kind: "gap", level: Date.parse(gap.start) - now.getTime() < soon ? "red" : "amber", gap })),
    ...(unknown ?? []).map((name): Fault => ({ kind: "unknown", level: "amber", unknown: name })),
    ...(feeds ?? []).filter((feed) => feed.stale || feed.why).map((feed): Fault => ({ kind: "feed", level: "amber", feed })),
    ...(reports ?? []).map((report): Fault => ({ kind: "report", level: "amber", report })),
  ];
}

/** Sorted are the plans that need somebody, one's own first, and those that are in order. */
export type Sorted = { mend: { roster: Roster; faults: Fault[] }[]; well: Roster[] };

export function sorted(rosters: readonly Roster[], now: Date): Sorted {
  const all = rosters.map((roster) => ({ roster, faults: faultsOf(roster, now) }));
  const mend = all.filter((r) => r.faults.length > 0);
  const rank = ({ roster, faults }: (typeof mend)[number]) => Number(!roster.mine) * 2 + Number(faults[0]?.level !== "red");
  return { mend: mend.sort((a, b) => rank(a) - rank(b)), well: all.filter((r) => r.faults.length === 0).map((r) => r.roster) };
}
