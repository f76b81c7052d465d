import { describe, expect, it } from "vitest";
import { clock, dayOf, daysBetween, dayWord, distance, fullTime, minutesOfDay } from "./time";

const oslo = "Europe/Oslo";
const at = (s: string) => new Date(s);

describe("dayOf and clock", () => {
  it("follow the zone over midnight", () => {
    expect(dayOf(at("2026-11-27T23:30:00Z"), oslo)).toBe("2026-11-28");
    expect(clock(at("2026-11-27T23:30:00Z"), oslo)).toBe("00:30");
    expect(clock(at("2026-11-27T23:00:00Z"), oslo)).toBe("00:00");
    expect(minutesOfDay(at("2026-11-27T12:10:00Z"), oslo)).toBe(13 * 60 + 10);
  });
  it("follow summer time", () => {
    expect(clock(at("2026-03-29T00:59:00Z"), oslo)).toBe("01:59");
    expect(clock(at("2026-03-29T01:00:00Z"), oslo)).toBe("03:00");
  });
});

describe("dayWord", () => {
  const now = at("2026-11-27T11:45:00Z");
  const word = (s: string) => dayWord(at(s), now, oslo, "en");
  it("names near days", () => {
    expect(word("2026-11-27T22:59:00Z")).toEqual({ kind: "today" });
    expect(word("2026-11-27T23:00:00Z")).toEqual({ kind: "tomorrow" });
    expect(word("2026-11-26T08:00:00Z")).toEqual({ kind: "yesterday" });
    expect(word("2026-11-30T08:00:00Z")).toEqual({ kind: "weekday", text: "Monday" });
    expect(word("2026-12-04T08:00:00Z")).toEqual({ kind: "date", text: "Fri 4 Dec" });
  });
  it("counts a day of 25 hours as one day", () => {
    // The clock goes back on 25 October 2026: 23.5 hours later by the wall is still tomorrow.
    expect(dayWord(at("2026-10-25T22:30:00Z"), at("2026-10-24T22:30:00Z"), oslo, "nb")).toEqual({ kind: "today" });
    expect(dayWord(at("2026-10-25T23:00:00Z"), at("2026-10-24T22:30:00Z"), oslo, "nb")).toEqual({ kind: "tomorrow" });
    expect(daysBetween("2026-10-24", "2026-10-26")).toBe(2);
    expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
  });
});

describe("distance", () => {
  const now = at("2026-11-27T11:45:00Z");
  const to = (s: string) => distance(at(s), now);
  it("uses the largest useful unit", () => {
    expect(to("2026-11-27T11:45:20Z")).toEqual({ kind: "now" });
    expect(to("2026-11-27T11:59:00Z")).toEqual({ kind: "minutes", count: 14, past: false });
    expect(to("2026-11-27T13:30:00Z")).toEqual({ kind: "hours_minutes", hours: 1, minutes: "45", past: false });
    expect(to("2026-11-27T12:50:00Z")).toEqual({ kind: "hours_minutes", hours: 1, minutes: "05", past: false });
    expect(to("2026-11-27T13:45:00Z")).toEqual({ kind: "hours", count: 2, past: false });
    expect(to("2026-11-27T09:45:00Z")).toEqual({ kind: "hours", count: 2, past: true });
    expect(to("2026-11-30T11:45:00Z")).toEqual({ kind: "days", count: 3, past: false });
  });
  it("measures elapsed time over the clock change", () => {
    expect(distance(at("2026-10-25T02:00:00Z"), at("2026-10-25T00:00:00Z"))).toEqual({ kind: "hours", count: 2, past: false });
  });
});

it("fullTime names everything", () => {
  expect(fullTime(at("2026-11-27T12:10:00Z"), oslo, "en")).toMatch(/Friday,? 27 November 2026.* 13:10/);
  expect(fullTime(at("2026-11-27T12:10:00Z"), oslo, "nb")).toMatch(/fredag 27\. november 2026.* 13:10/);
});
