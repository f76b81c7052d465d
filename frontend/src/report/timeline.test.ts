import { describe, expect, it } from "vitest";
import { bars, frame, ticks } from "./timeline";

const at = (clock: string) => new Date(`2026-11-27T${clock}Z`);
const span = (start: string, end: string) => ({ start: at(start), end: at(end) });
const plan = span("12:00:00", "12:20:00");

describe("frame", () => {
  it("is the plan when nobody came", () => { expect(frame(plan, [])).toEqual(plan); });
  it("grows to early and late people, on whole minutes", () => {
    expect(frame(plan, [span("11:57:30", "12:05:00"), span("12:10:00", "12:31:01")])).toEqual(span("11:57:00", "12:32:00"));
  });
  it("is never empty", () => {
    const moment = frame(span("12:00:00", "12:00:00"), []);
    expect(moment.end.getTime() - moment.start.getTime()).toBe(60_000);
  });
});

describe("bars", () => {
  it("places a stay", () => { expect(bars(plan, [span("12:05:00", "12:10:00")])).toEqual([{ left: 25, width: 25 }]); });
  it("cuts what sticks out", () => { expect(bars(plan, [span("11:50:00", "12:10:00")])).toEqual([{ left: 0, width: 50 }]); });
  it("drops what is outside", () => { expect(bars(plan, [span("13:00:00", "13:10:00")])).toEqual([]); });
  it("keeps a blink visible and inside", () => { expect(bars(plan, [span("12:20:00", "12:20:00")])).toEqual([{ left: 99.4, width: 0.6 }]); });
  it("keeps the order of several stays", () => {
    expect(bars(plan, [span("12:00:00", "12:02:00"), span("12:04:00", "12:20:00")])).toEqual([{ left: 0, width: 10 }, { left: 20, width: 80 }]);
  });
});

describe("ticks", () => {
  it("stand on round times", () => {
    expect(ticks(plan).map((t) => [t.left, t.at.toISOString().slice(11, 16)])).toEqual([[0, "12:00"], [25, "12:05"], [50, "12:10"], [75, "12:15"], [100, "12:20"]]);
  });
  it("are few over a long meeting", () => { expect(ticks(span("08:00:00", "17:00:00")).length).toBeLessThanOrEqual(7); });
  it("begin after an odd start", () => { expect(ticks(span("11:57:00", "12:32:00"))[0]).toEqual({ left: 8.571, at: at("12:00:00") }); });
});
