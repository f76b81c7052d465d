import { describe, expect, it } from "vitest";
import { entriesOf, freeStretch, hoursOf, moved, nothing, outside, paint, painted, right, same, strokeBetween, tidy, total, withDaysOff, type Entry } from "./hours";

const office: Entry[] = [{ days: "Mon-Fri", from: "08:00", to: "15:30" }];

describe("hoursOf and entriesOf", () => {
  const kept = (name: string, entries: Entry[]) => { it(`keeps ${name}`, () => { expect(entriesOf(hoursOf(entries))).toEqual(entries); }); };
  kept("a run of days", office);
  kept("a single day", [{ days: "Sat", from: "10:00", to: "14:00" }]);
  kept("a quarter past", [{ days: "Mon", from: "07:45", to: "15:15" }]);
  kept("two stretches of a day", [{ days: "Mon-Tue", from: "08:00", to: "11:00" }, { days: "Mon-Tue", from: "12:00", to: "16:00" }]);
  kept("midnight", [{ days: "Sun", from: "00:00", to: "24:00" }]);
  kept("days with a gap", [{ days: "Mon", from: "08:00", to: "16:00" }, { days: "Wed-Thu", from: "08:00", to: "16:00" }]);
  it("joins what touches", () => {
    expect(entriesOf(hoursOf([{ days: "Mon", from: "08:00", to: "12:00" }, { days: "Mon-Tue", from: "12:00", to: "16:00" }])))
      .toEqual([{ days: "Mon", from: "08:00", to: "16:00" }, { days: "Tue", from: "12:00", to: "16:00" }]);
  });
  it("leaves out what is no time or no day", () => {
    expect(hoursOf([{ days: "Mon", from: "8", to: "16:00" }, { days: "Mon", from: "24:30", to: "25:00" }, { days: "Someday", from: "08:00", to: "16:00" }])).toEqual(nothing);
  });
});

describe("paint", () => {
  it("paints a rectangle in either direction", () => {
    const stroke = strokeBetween({ day: 4, from: 930 }, { day: 0, from: 480 });
    expect(entriesOf(paint(nothing, stroke, true))).toEqual([{ days: "Mon-Fri", from: "08:00", to: "16:00" }]);
  });
  it("takes a lunch out of the middle", () => {
    expect(entriesOf(paint(hoursOf(office), { days: [2, 2], from: 690, to: 720 }, false)).filter((e) => e.days === "Wed"))
      .toEqual([{ days: "Wed", from: "08:00", to: "11:30" }, { days: "Wed", from: "12:00", to: "15:30" }]);
  });
  it("joins with what is there", () => { expect(total(paint(hoursOf(office), { days: [0, 0], from: 450, to: 500 }, true)) - total(hoursOf(office))).toBe(30); });
  it("paints nothing twice", () => { expect(same(paint(hoursOf(office), { days: [0, 4], from: 500, to: 600 }, true), hoursOf(office))).toBe(true); });
  it("changes nothing of what it was given", () => {
    const before = hoursOf(office);
    paint(before, { days: [0, 6], from: 0, to: 1440 }, false);
    expect(entriesOf(before)).toEqual(office);
  });
});

describe("half hours", () => {
  it("are painted whole, in part or not", () => {
    expect([450, 480, 510].map((from) => painted([{ from: 480, to: 525 }], from))).toEqual(["no", "whole", "part"]);
  });
  const shown = { from: 360, to: 1320 };
  it("are walked within the week and the shown hours", () => {
    expect(moved({ day: 0, from: 360 }, -1, -1, shown)).toEqual({ day: 0, from: 360 });
    expect(moved({ day: 6, from: 1290 }, 1, 1, shown)).toEqual({ day: 6, from: 1290 });
    expect(moved({ day: 2, from: 480 }, 1, 2, shown)).toEqual({ day: 3, from: 540 });
  });
  it("of a night lie outside the day", () => {
    expect(outside(hoursOf(office), shown)).toBe(false);
    expect(outside(hoursOf([{ days: "Mon", from: "22:00", to: "24:00" }]), shown)).toBe(true);
  });
});

describe("freeStretch", () => {
  it("is a working day for an empty one", () => { expect(freeStretch([])).toEqual({ from: 480, to: 960 }); });
  it("comes after what is there", () => { expect(freeStretch([{ from: 480, to: 720 }])).toEqual({ from: 780, to: 900 }); });
  it("has no room after a late evening", () => { expect(freeStretch([{ from: 480, to: 1410 }])).toBeNull(); });
});

describe("what is being written", () => {
  it("is right when it ends after it begins", () => {
    expect([{ from: 480, to: 960 }, { from: 960, to: 60 }, { from: 480, to: 480 }, { from: Number.NaN, to: 960 }].map(right)).toEqual([true, false, false, false]);
  });
  it("counts once it is right", () => { expect(tidy([[{ from: 600, to: 720 }, { from: 480, to: 600 }, { from: 900, to: 60 }]])).toEqual([[{ from: 480, to: 720 }]]); });
});

describe("withDaysOff", () => {
  const holiday = { first: "2026-12-21", last: "2026-12-31" };
  it("keeps days in order", () => { expect(withDaysOff([holiday], { first: "2026-12-01", last: "2026-12-01" }).map((d) => d.first)).toEqual(["2026-12-01", "2026-12-21"]); });
  it("makes one of what overlaps", () => { expect(withDaysOff([holiday], { first: "2026-12-30", last: "2027-01-03" })).toEqual([{ first: "2026-12-21", last: "2027-01-03" }]); });
  it("adds nothing to what holds it", () => { expect(withDaysOff([holiday], { first: "2026-12-24", last: "2026-12-24" })).toEqual([holiday]); });
});
