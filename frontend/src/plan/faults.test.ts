import { describe, expect, it } from "vitest";
import { faultsOf, sorted, type PlanFeed, type Roster } from "./faults";

const now = new Date("2026-11-27T11:45:00Z");
const feed: PlanFeed = { id: "f", layer: "base", read_at: "2026-11-27T11:00:00Z", stale: false, shifts: 3, warnings: 0 };

function roster(id: string, more: Partial<Roster> = {}): Roster {
  return {
    id, covers: "r@u", role: "r", unit: { id: "u", name: "U", kind: "team" }, owner: { id: "o", name: "O" }, mine: false, feeds: [feed],
    window: { start: "2026-11-27T11:45:00Z", end: "2026-12-04T11:45:00Z" }, gaps: [], unknown: [], reports: [], shifts: [], ...more,
  };
}

const gap = (start: string) => ({ start, end: "2026-12-04T11:45:00Z" });

describe("faultsOf", () => {
  const kinds = (more: Partial<Roster>) => faultsOf(roster("a", more), now).map((f) => `${f.kind} ${f.level}`);
  it("finds nothing in a plan that is read and whole", () => { expect(kinds({})).toEqual([]); });
  it("makes red what is near", () => { expect(kinds({ gaps: [gap("2026-11-28T11:44:59Z"), gap("2026-11-28T11:45:00Z")] })).toEqual(["gap red", "gap amber"]); });
  it("names a calendar that is old, and one that is broken", () => {
    expect(kinds({ feeds: [{ ...feed, stale: true }, { ...feed, why: "not_found" }, feed] })).toEqual(["feed amber", "feed amber"]);
  });
  it("puts gaps first and reports last", () => {
    expect(kinds({ reports: [{ person: { id: "p", name: "P" }, at: "2026-11-27T10:00:00Z" }], unknown: [{ title: "X", start: "2026-11-28T07:00:00Z", why: "unknown" }], gaps: [gap("2026-12-01T00:00:00Z")] }))
      .toEqual(["gap amber", "unknown amber", "report amber"]);
  });
});

it("sorted puts one's own plans first, then the urgent ones, and those in order apart", () => {
  const far = { gaps: [gap("2026-12-01T00:00:00Z")] };
  const near = { gaps: [gap("2026-11-27T12:00:00Z")] };
  const { mend, well } = sorted([roster("well"), roster("far", far), roster("near", near), roster("my-far", { ...far, mine: true }), roster("my-near", { ...near, mine: true })], now);
  expect(mend.map((m) => m.roster.id)).toEqual(["my-near", "my-far", "near", "far"]);
  expect(well.map((r) => r.id)).toEqual(["well"]);
});
