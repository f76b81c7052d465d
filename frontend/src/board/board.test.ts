import { describe, expect, it } from "vitest";
import { groupByDay, sectionOf } from "./days";
import { deedOf, linesOf, worst, type Flag } from "./flags";
import { checkNote } from "./note";
import { byNeed, markOf, seatName } from "./seats";

const oslo = "Europe/Oslo";
const now = new Date("2026-11-27T11:45:00Z");

describe("sectionOf", () => {
  const section = (s: string) => sectionOf(new Date(s), now, oslo);
  it("follows the civil day of the zone", () => {
    expect(section("2026-11-27T22:59:00Z")).toBe("today");
    expect(section("2026-11-27T23:00:00Z")).toBe("tomorrow");
    expect(section("2026-11-28T23:00:00Z")).toBe("later");
    expect(section("2026-11-27T11:44:00Z")).toBe("overdue");
  });
  it("keeps tomorrow one day away over the clock change", () => {
    expect(sectionOf(new Date("2026-10-25T22:30:00Z"), new Date("2026-10-24T22:30:00Z"), oslo)).toBe("today");
    expect(sectionOf(new Date("2026-10-25T23:30:00Z"), new Date("2026-10-24T22:30:00Z"), oslo)).toBe("tomorrow");
  });
});

const flag = (code: string, level: Flag["level"], action: Flag["action"], target?: string): Flag =>
  ({ code, level, action, target, since: "2026-11-27T10:00:00Z", clears: [] });

it("groupByDay keeps the server's order", () => {
  const cases = ["2026-11-27T15:00:00Z", "2026-11-28T12:00:00Z", "2026-11-27T13:00:00Z"].map((discharge) => ({ discharge }));
  expect(groupByDay(cases, now, oslo)).toEqual([
    { section: "today", cases: [cases[0], cases[2]] },
    { section: "tomorrow", cases: [cases[1]] },
  ]);
});

it("groupByDay puts what has passed first only when something is wrong with it", () => {
  const passed = { discharge: "2026-11-26T12:00:00Z", flags: [flag("CAL_STALE", "grey", undefined)] };
  const today = { discharge: "2026-11-27T15:00:00Z", flags: [] };
  expect(groupByDay([passed, today], now, oslo).map((g) => g.section)).toEqual(["today", "overdue"]);
  const untold = { ...passed, flags: [flag("RECEIVER_UNTOLD", "red", undefined)] };
  expect(groupByDay([passed, untold, today], now, oslo).map((g) => g.section)).toEqual(["overdue", "today"]);
});


describe("flags", () => {
  const card = { id: "c_1", may: ["view", "tell", "find_time", "edit"], conference: undefined, flags: [] as Flag[] };
  it("worst is ok only without any flag", () => {
    expect(worst([])).toBe("ok");
    expect(worst([flag("CAL_STALE", "grey", "check_calendar")])).toBe("grey");
    expect(worst([flag("A", "amber", undefined), flag("B", "red", undefined)])).toBe("red");
  });
  it("offers only what the person may do", () => {
    expect(deedOf(flag("RECEIVER_UNTOLD", "red", "tell"), card)).toEqual({ kind: "tell" });
    expect(deedOf(flag("RECEIVER_UNTOLD", "red", "acknowledge"), card)).toBeNull();
    expect(deedOf(flag("NO_MEETING", "red", "find_time"), { ...card, may: ["view"] })).toBeNull();
  });
  it("lets a receiver answer before having been told", () => {
    expect(deedOf(flag("RECEIVER_UNTOLD", "red", "tell"), { ...card, may: ["acknowledge"] })).toEqual({ kind: "acknowledge" });
  });
  it("opens the flag's meeting", () => {
    expect(deedOf(flag("NO_GP", "red", "open_meeting", "m_7"), card)).toEqual({ kind: "open_meeting", href: "/meetings/m_7" });
    expect(deedOf(flag("SEAT_DECLINED", "red", "repair_meeting", "m_7"), { ...card, may: ["book"] })).toEqual({ kind: "repair_meeting", href: "/meetings/m_7?repair=1" });
    expect(deedOf(flag("SEAT_DECLINED", "red", "repair_meeting", "m_7"), { ...card, may: ["view"] })).toBeNull();
  });
  it("offers the same deed once", () => {
    const lines = linesOf({ ...card, flags: [flag("FRIDAY_PM", "red", "edit_discharge"), flag("LATE_HOUR", "red", "edit_discharge")] });
    expect(lines.map((l) => l.deed?.kind ?? null)).toEqual(["edit_discharge", null]);
  });
});

describe("seats", () => {
  it("marks the state", () => {
    expect(markOf({ state: "accepted", objected: false })).toBe("filled");
    expect(markOf({ state: "invited", objected: false })).toBe("half");
    expect(markOf({ state: "accepted", objected: true })).toBe("objected");
  });
  it("names guests and roles", () => {
    expect(seatName({ id: "s", guest: "patient", roles: [] })).toEqual({ group: "guest", code: "patient" });
    expect(seatName({ id: "s", roles: [{ role: "gp", unit: "x" }] })).toEqual({ group: "role", code: "gp" });
  });
  it("sorts by need, stable", () => {
    expect(byNeed([{ need: "offered", n: 1 }, { need: "required", n: 2 }, { need: "required", n: 3 }]).map((s) => s.n)).toEqual([2, 3, 1]);
  });
});

describe("checkNote", () => {
  it("takes practical words", () => {
    expect(checkNote("Ring 77 12 34 56 before transport")).toBeNull();
  });
  it("refuses national numbers however written", () => {
    for (const text of ["01017012345", "nr 010170 12345", "0101.70-12345"]) expect(checkNote(text), text).toEqual({ kind: "number" });
  });
  it("passes over longer numbers", () => {
    expect(checkNote("123456789012")).toBeNull();
  });
  it("counts characters, not bytes", () => {
    expect(checkNote("å".repeat(280))).toBeNull();
    expect(checkNote("å".repeat(283))).toEqual({ kind: "long", by: 3 });
  });
});
