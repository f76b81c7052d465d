import { describe, expect, it } from "vitest";
import { leftOf } from "./countdown";

describe("leftOf", () => {
  const until = "2026-11-27T11:53:00Z";
  const left = (seconds: number) => leftOf(until, Date.parse(until) - seconds * 1_000);
  it("counts minutes and seconds", () => {
    expect(left(300)).toEqual({ over: false, urgent: false, low: false, clock: "5:00" });
    expect(left(249).clock).toBe("4:09");
    expect(left(61)).toEqual({ over: false, urgent: false, low: true, clock: "1:01" });
  });
  it("can be made longer when that gains something", () => { expect([left(181).low, left(180).low]).toEqual([false, true]); });
  it("presses in the last minute", () => { expect(left(60)).toEqual({ over: false, urgent: true, low: true, clock: "1:00" }); });
  it("shows a second that has begun as whole, so that 0:00 is over", () => {
    expect(left(0.2)).toEqual({ over: false, urgent: true, low: true, clock: "0:01" });
    expect(left(0)).toEqual({ over: true, urgent: false, low: false, clock: "0:00" });
    expect(left(-30)).toEqual({ over: true, urgent: false, low: false, clock: "0:00" });
  });
});
