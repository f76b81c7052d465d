import { describe, expect, it } from "vitest";
import type { Schemas } from "../api/client";
import { clock } from "../ui/time";
import { inForce, weekOf, without } from "./week";

type Shift = Schemas["RosterShift"];

const oslo = "Europe/Oslo";
const at = (day: string, time: string) => `2026-${day}T${time}:00Z`;

function shift(name: string, start: string, end: string, more: Partial<Shift> = {}): Shift {
  return { person: { id: name, name }, level: 1, layer: "base", start, end, ...more };
}

it("without cuts a span", () => {
  expect(without({ start: 0, end: 10 }, [{ start: 2, end: 4 }, { start: 3, end: 6 }, { start: 9, end: 20 }])).toEqual([{ start: 0, end: 2 }, { start: 6, end: 9 }]);
  expect(without({ start: 0, end: 10 }, [{ start: 0, end: 10 }])).toEqual([]);
  expect(without({ start: 0, end: 10 }, [{ start: 10, end: 12 }])).toEqual([{ start: 0, end: 10 }]);
});

describe("inForce", () => {
  const base = shift("Kaja", at("12-01", "07:00"), at("12-02", "07:00"));
  const said = (...shifts: Shift[]) => inForce(shifts).map((s) => `${s.shift.person.name} ${clock(new Date(s.start), "UTC")}-${clock(new Date(s.end), "UTC")}`);
  it("lets a change take its time on its level alone", () => {
    const change = shift("Simen", at("12-01", "11:00"), at("12-01", "15:00"), { layer: "override" });
    const backup = shift("Stein", at("12-01", "07:00"), at("12-02", "07:00"), { level: 2 });
    expect(said(base, backup, change)).toEqual(["Kaja 07:00-11:00", "Kaja 15:00-07:00", "Stein 07:00-07:00", "Simen 11:00-15:00"]);
  });
  it("lets a change beat a swap, and a swap the base plan", () => {
    const swap = shift("Simen", at("12-01", "15:00"), at("12-01", "21:00"), { layer: "swap" });
    const change = shift("Stein", at("12-01", "20:00"), at("12-01", "22:00"), { layer: "override" });
    expect(said(base, swap, change)).toEqual(["Kaja 07:00-15:00", "Kaja 22:00-07:00", "Simen 15:00-20:00", "Stein 20:00-22:00"]);
  });
  it("does not guess whom a swap replaces when there are several", () => {
    const swap = shift("Simen", at("12-01", "15:00"), at("12-01", "21:00"), { layer: "swap" });
    const beside = shift("Ragnhild", at("12-01", "07:00"), at("12-01", "18:00"));
    expect(said(base, beside, swap)).toEqual(["Kaja 07:00-18:00", "Kaja 21:00-07:00", "Ragnhild 07:00-18:00", "Simen 15:00-21:00"]);
  });
});

describe("weekOf", () => {
  const window = { start: at("11-27", "11:45"), end: at("12-04", "11:45") };
  const week = (shifts: Shift[], gaps: Schemas["Interval"][] = [], w = window) =>
    weekOf({ shifts, gaps, window: w }, oslo).map(({ day, rows }) => [day, ...rows.map((r) => (r.kind === "gap" ? "gap" : r.name))]);
  it("lists every day, what runs already first, and gaps in their place", () => {
    const shifts = [shift("Kaja", at("11-26", "07:00"), at("11-28", "07:00")), shift("Stein", at("11-28", "07:00"), at("11-28", "12:00")), shift("Simen", at("11-28", "23:30"), at("11-29", "07:00"))];
    expect(week(shifts, [{ start: at("11-28", "12:00"), end: at("11-28", "23:00") }])).toEqual([
      ["2026-11-27", "Kaja"], ["2026-11-28", "Stein", "gap"], ["2026-11-29", "Simen"], ["2026-11-30"], ["2026-12-01"], ["2026-12-02"], ["2026-12-03"],
    ]);
  });
  it("shows the last day when something begins in it, and nothing that is over or later", () => {
    const days = week([shift("Kaja", at("12-04", "07:00"), at("12-05", "07:00")), shift("Over", at("11-27", "07:00"), at("11-27", "11:45")), shift("Later", at("12-04", "11:45"), at("12-05", "07:00"))]);
    expect(days).toHaveLength(8);
    expect(days.flat()).not.toContain("Over");
    expect(days.flat()).not.toContain("Later");
    expect(days.at(-1)).toEqual(["2026-12-04", "Kaja"]);
  });
  it("counts a day of 25 hours once", () => {
    const w = { start: at("10-24", "10:00"), end: at("10-31", "10:00") };
    expect(week([shift("Kaja", at("10-30", "22:30"), at("10-31", "10:00"))], [], w).map(([day]) => day)).toEqual(["2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27", "2026-10-28", "2026-10-29", "2026-10-30"]);
  });
  it("sorts who begins together by level", () => {
    const both = [shift("Back-up", at("11-28", "07:00"), at("11-28", "12:00"), { level: 2 }), shift("First", at("11-28", "07:00"), at("11-28", "12:00"))];
    expect(week(both)[1]).toEqual(["2026-11-28", "First", "Back-up"]);
  });
});
