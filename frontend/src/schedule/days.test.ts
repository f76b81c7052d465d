import { describe, expect, it } from "vitest";
import { marginOf, spanOf, startsByDay } from "./days";
import { freshnessOf } from "./freshness";

describe("startsByDay", () => {
  const starts = (...of: string[]) => startsByDay(of, "Europe/Oslo");
  it("groups by the civil day of the zone, in order", () => {
    expect(starts("2026-11-28T07:00:00Z", "2026-11-27T12:10:00Z", "2026-11-27T23:00:00Z", "2026-11-27T12:00:00Z")).toEqual([
      { day: "2026-11-27", starts: ["2026-11-27T12:00:00Z", "2026-11-27T12:10:00Z"] },
      { day: "2026-11-28", starts: ["2026-11-27T23:00:00Z", "2026-11-28T07:00:00Z"] },
    ]);
  });
  it("keeps both two o'clocks of the night with 25 hours on their day", () => {
    expect(starts("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z").map((d) => d.day)).toEqual(["2026-10-25"]);
  });
  it("is empty without starts", () => { expect(starts()).toEqual([]); });
});

describe("spanOf", () => {
  it("counts minutes, hours and minutes, hours, days", () => {
    expect(spanOf(0)).toEqual({ kind: "minutes", count: 0 });
    expect(spanOf(59)).toEqual({ kind: "minutes", count: 59 });
    expect(spanOf(80)).toEqual({ kind: "hours_minutes", hours: 1, minutes: 20 });
    expect(spanOf(120)).toEqual({ kind: "hours", count: 2 });
    expect(spanOf(26 * 60 + 5)).toEqual({ kind: "hours", count: 26 });
    expect(spanOf(49 * 60)).toEqual({ kind: "days", count: 2 });
  });
});

describe("marginOf", () => {
  const margin = (start: string, end: string) => marginOf(`2026-11-27T${start}:00Z`, `2026-11-27T${end}:00Z`, "2026-11-27T13:30:00Z");
  it("is what is left when the meeting ends", () => { expect(margin("12:10", "12:30")).toEqual({ side: "before", minutes: 60 }); });
  it("is none when it ends at the discharge", () => { expect(margin("13:10", "13:30")).toEqual({ side: "before", minutes: 0 }); });
  it("is after when it has not ended by then", () => {
    expect(margin("13:20", "13:40")).toEqual({ side: "after", minutes: 0 });
    expect(margin("14:00", "14:20")).toEqual({ side: "after", minutes: 30 });
  });
});

describe("freshnessOf", () => {
  it("reads an age", () => { expect(freshnessOf("12m")).toEqual({ kind: "fresh", minutes: 12 }); });
  it("reads an old age as stale", () => { expect(freshnessOf("unknown: stale 1560m")).toEqual({ kind: "stale", minutes: 1560 }); });
  it("reads why it is unknown", () => { expect(freshnessOf("unknown: not_found")).toEqual({ kind: "unknown", why: "not_found" }); });
  it("tells people without a calendar", () => { expect(freshnessOf("no calendar")).toEqual({ kind: "hours" }); });
  it("never takes what it does not understand for fresh", () => {
    for (const text of [undefined, "", "given", "unknown", "m", "-3m", "12m ago"]) expect(freshnessOf(text), String(text)).toEqual({ kind: "unknown", why: "" });
  });
});
