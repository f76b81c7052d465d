import { describe, expect, it } from "vitest";
import { allDay, bandOf, clockOf, marks, minutesIn, placeOf, weekNumber, weeksOf, type Layers, type Span } from "./weeks";

const zone = "Europe/Oslo";
const none: Layers = { busy: [], tentative: [], duty: [], unknown: [] };
const span = (start: string, end: string): Span => ({ start, end });
const winter = span("2026-11-27T11:45:00Z", "2026-12-25T11:45:00Z");

/** What one busy span becomes on one day: "from-to". */
function onDay(day: string, busy: Span): string[] {
  const window = span(`${day}T00:00:00Z`, `${day}T22:00:00Z`);
  const found = weeksOf(window, { ...none, busy: [busy] }, zone).flatMap((w) => w.days).find((d) => d.day === day);
  return (found?.blocks ?? []).map((b) => `${clockOf(b.from)}-${clockOf(b.to)}`);
}

describe("weeksOf", () => {
  it("begins on a Monday and holds every day of the window", () => {
    const weeks = weeksOf(winter, none, zone);
    expect(weeks.map((w) => w.number)).toEqual([48, 49, 50, 51, 52]);
    expect(weeks[0]?.days.map((d) => d.inside)).toEqual([false, false, false, false, true, true, true]);
    expect(weeks[4]?.days.map((d) => d.inside)).toEqual([true, true, true, true, true, false, false]);
  });
  it("ends with the day before when the window ends at midnight", () => {
    expect(weeksOf(span("2026-11-29T23:00:00Z", "2026-12-06T23:00:00Z"), none, zone)).toHaveLength(1);
  });
  it("reads the wall, not UTC", () => { expect(onDay("2026-07-01", span("2026-07-01T06:00:00Z", "2026-07-01T07:30:00Z"))).toEqual(["08:00-09:30"]); });
  it("cuts at midnight", () => {
    const night = span("2026-12-01T21:00:00Z", "2026-12-02T06:00:00Z");
    expect(onDay("2026-12-01", night)).toEqual(["22:00-24:00"]);
    expect(onDay("2026-12-02", night)).toEqual(["00:00-07:00"]);
    expect(onDay("2026-12-03", night)).toEqual([]);
  });
  it("knows a whole day, also of 23 and of 25 hours", () => {
    for (const [day, start, end] of [
      ["2026-12-01", "2026-11-30T23:00:00Z", "2026-12-01T23:00:00Z"],
      ["2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
      ["2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
    ] as const) {
      const found = weeksOf(span(start, end), { ...none, busy: [span(start, end)] }, zone)[0]?.days.find((d) => d.day === day);
      expect(found?.blocks.map(allDay)).toEqual([true]);
    }
  });
  it("tells which day the clock is moved on", () => {
    const shifts = (from: string, to: string) => weeksOf(span(from, to), none, zone).flatMap((w) => w.days).filter((d) => d.shift).map((d) => `${d.day} ${d.shift ?? ""}`);
    expect(shifts("2026-03-20T00:00:00Z", "2026-04-10T00:00:00Z")).toEqual(["2026-03-29 forward"]);
    expect(shifts("2026-10-20T00:00:00Z", "2026-11-10T00:00:00Z")).toEqual(["2026-10-25 back"]);
  });
});

describe("the night the clock goes forward", () => {
  it("jumps over the hour that is not there", () => { expect(onDay("2026-03-29", span("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"))).toEqual(["01:30-03:30"]); });
  it("ends before the jump", () => { expect(onDay("2026-03-29", span("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"))).toEqual(["01:30-02:00"]); });
  it("begins after the jump", () => { expect(onDay("2026-03-29", span("2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"))).toEqual(["03:00-04:00"]); });
});

describe("the night the clock goes back", () => {
  it("covers the hour that comes twice", () => { expect(onDay("2026-10-25", span("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"))).toEqual(["02:00-03:00"]); });
  it("covers it also when the end reads earlier than the start", () => { expect(onDay("2026-10-25", span("2026-10-25T00:50:00Z", "2026-10-25T01:10:00Z"))).toEqual(["02:00-03:00"]); });
  it("keeps the first and the second time apart", () => {
    expect(onDay("2026-10-25", span("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"))).toEqual(["02:00-03:00"]);
    expect(onDay("2026-10-25", span("2026-10-25T01:15:00Z", "2026-10-25T01:30:00Z"))).toEqual(["02:15-02:30"]);
  });
  it("reaches over it", () => { expect(onDay("2026-10-25", span("2026-10-24T23:00:00Z", "2026-10-25T05:00:00Z"))).toEqual(["01:00-06:00"]); });
});

describe("bandOf", () => {
  const band = (...busy: Span[]) => { const b = bandOf(weeksOf(winter, { ...none, busy }, zone)); return `${clockOf(b.from)}-${clockOf(b.to)}`; };
  it("is the working day", () => { expect(band()).toBe("07:00-17:00"); });
  it("is not widened by whole days", () => { expect(band(span("2026-11-30T23:00:00Z", "2026-12-01T23:00:00Z"))).toBe("07:00-17:00"); });
  it("is not widened by what is not known", () => {
    const b = bandOf(weeksOf(winter, { ...none, unknown: [span("2026-12-01T10:00:00Z", "2026-12-01T23:00:00Z")] }, zone));
    expect(b).toEqual({ from: 420, to: 1020 });
  });
  it("holds an early morning and a late evening", () => { expect(band(span("2026-12-01T05:30:00Z", "2026-12-01T06:00:00Z"), span("2026-12-01T19:00:00Z", "2026-12-01T20:10:00Z"))).toBe("06:00-22:00"); });
  it("is the whole day for a night", () => { expect(band(span("2026-12-01T21:00:00Z", "2026-12-02T06:00:00Z"))).toBe("00:00-24:00"); });
});

describe("placeOf", () => {
  const band = { from: 420, to: 1020 };
  it("puts a time in its column", () => { expect(placeOf({ from: 480, to: 600 }, 1, band)).toEqual({ x: 14.286, y: 10, width: 14.286, height: 20 }); });
  it("cuts a whole day to the band", () => { expect(placeOf({ from: 0, to: 1440 }, 6, band)).toMatchObject({ y: 0, height: 100 }); });
  it("leaves out what lies outside", () => { expect([placeOf({ from: 0, to: 420 }, 0, band), placeOf({ from: 1020, to: 1440 }, 0, band)]).toEqual([null, null]); });
  it("shows five minutes, also the last five", () => {
    expect(placeOf({ from: 480, to: 485 }, 0, band)).toMatchObject({ y: 10, height: 3 });
    expect(placeOf({ from: 1015, to: 1020 }, 0, band)).toMatchObject({ y: 97, height: 3 });
  });
});

describe("words and numbers", () => {
  it("counts weeks after ISO 8601", () => { expect(["2026-01-01", "2027-01-01", "2024-12-30", "2026-11-27"].map(weekNumber)).toEqual([1, 53, 1, 48]); });
  it("marks a handful of hours", () => {
    expect(marks({ from: 420, to: 1020 }).map(clockOf)).toEqual(["09:00", "12:00", "15:00"]);
    expect(marks({ from: 0, to: 1440 }).map(clockOf)).toEqual(["00:00", "06:00", "12:00", "18:00", "24:00"]);
  });
  it("sums minutes over the change of the clock", () => { expect(minutesIn([span("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), span("2026-12-01T08:00:00Z", "2026-12-01T08:30:00Z")])).toBe(1530); });
});
