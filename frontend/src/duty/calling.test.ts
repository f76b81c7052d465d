import { describe, expect, it } from "vitest";
import { aheadOf, callingAddress, leftUntil, opensCall, passedOver, phaseOf, secondsSince } from "./calling";
import { at, kaja, simen, testConsult, testNow, testRing } from "./consult.testing";

describe("phaseOf", () => {
  const shows = (more: Parameters<typeof testConsult>[0]) => phaseOf(testConsult(more));
  it("shows who is rung and who is over", () => {
    const over = testRing({ outcome: "unanswered" });
    const now = testRing({ person: simen });
    expect(shows({ rings: [over, now] })).toEqual({ kind: "ringing", rung: [now], over: [over] });
  });
  it("stays ringing between two people", () => {
    expect(shows({ rings: [testRing({ outcome: "declined" })] })).toMatchObject({ kind: "ringing", rung: [] });
    expect(shows({ rings: null })).toMatchObject({ kind: "ringing", rung: [], over: [] });
  });
  it("is a door while a knock lies there silently, and rings when it is loud", () => {
    const soft = testRing({ soft: true });
    expect(shows({ kind: "knock", rings: [soft] })).toEqual({ kind: "door", ring: soft });
    expect(shows({ kind: "knock", rings: [testRing()] }).kind).toBe("ringing");
  });
  it("is a practice whatever rings", () => { expect(shows({ kind: "practice", rings: [testRing()] }).kind).toBe("practice"); });
  it("names who promised and when", () => {
    expect(shows({ state: "promised", promise: { by: kaja, at: at(300) } })).toEqual({ kind: "promised", by: "Kaja Nes", at: new Date(at(300)) });
  });
  it("names who took it", () => { expect(shows({ state: "connected", taken_by: simen })).toEqual({ kind: "connected", by: "Simen Lie" }); });
  it("tells a call that nobody took from one that could not ring anybody", () => {
    expect(shows({ state: "missed", rings: [testRing({ outcome: "unanswered" })] })).toMatchObject({ kind: "missed", tried: true });
    expect(shows({ state: "missed", rings: [testRing({ outcome: "no_device" }), testRing({ outcome: "quiet" })] })).toMatchObject({ kind: "missed", tried: false });
    expect(shows({ state: "missed" })).toMatchObject({ kind: "missed", tried: false });
  });
  it("tells a no from silence", () => {
    expect(shows({ state: "missed", kind: "knock", rings: [testRing({ outcome: "declined" })] })).toMatchObject({ declined: true });
    expect(shows({ state: "missed", kind: "knock", rings: [testRing({ outcome: "unanswered" })] })).toMatchObject({ declined: false });
  });
  it("knows the ends", () => {
    expect(shows({ state: "cancelled" }).kind).toBe("cancelled");
    expect(shows({ state: "ended" }).kind).toBe("ended");
  });
});

describe("opensCall", () => {
  it("is for the two who talk, once somebody took it", () => {
    expect(opensCall(testConsult({ state: "connected" }))).toBe(true);
    expect(opensCall(testConsult({ state: "connected", you: "taker" }))).toBe(true);
    expect(opensCall(testConsult({ state: "connected", you: "rung" }))).toBe(false);
    expect(opensCall(testConsult({ state: "ringing" }))).toBe(false);
    expect(opensCall(testConsult({ state: "ended" }))).toBe(false);
    expect(opensCall(testConsult({ state: "connected", kind: "practice" }))).toBe(false);
  });
});

describe("aheadOf", () => {
  const unit = { id: "palliative", name: "Palliativt team", kind: "team" };
  const deputy = { covers: "palliative_consultant@palliative", role: "palliative_consultant", unit, on_duty: 1 };
  const kinds = (consult: Parameters<typeof testConsult>[0], d?: typeof deputy) => aheadOf(testConsult(consult), d).map((s) => s.kind);
  it("has the deputy's turn once", () => {
    expect(kinds({}, deputy)).toEqual(["deputy", "next"]);
    expect(kinds({ stage: 1 }, deputy)).toEqual(["next"]);
    expect(kinds({}, { ...deputy, on_duty: 0 })).toEqual(["next"]);
    expect(kinds({})).toEqual(["next"]);
  });
  it("has no deputy behind a knock", () => { expect(kinds({ kind: "knock" }, deputy)).toEqual(["next"]); });
});

describe("leftUntil", () => {
  const left = (seconds: number) => leftUntil(new Date(testNow + seconds * 1000), testNow);
  it("counts down", () => {
    expect(left(300)).toEqual({ minutes: 5, seconds: "00", due: false });
    expect(left(61)).toEqual({ minutes: 1, seconds: "01", due: false });
    expect(left(0.2)).toEqual({ minutes: 0, seconds: "01", due: false });
  });
  it("is due from its second on", () => {
    expect(left(0).due).toBe(true);
    expect(left(-30)).toEqual({ minutes: 0, seconds: "00", due: true });
  });
});

describe("secondsSince and passedOver", () => {
  it("is never negative, for clocks differ", () => {
    expect(secondsSince(at(-12.4), testNow)).toBe(12);
    expect(secondsSince(at(2), testNow)).toBe(0);
  });
  it("tells who was never rung", () => {
    expect((["in_talk", "engaged", "quiet", "no_device"] as const).every((outcome) => passedOver({ outcome }))).toBe(true);
    expect((["ringing", "unanswered", "declined", "not_me", "stopped"] as const).some((outcome) => passedOver({ outcome }))).toBe(false);
  });
});

describe("callingAddress", () => {
  it("opens the call without its check", () => { expect(callingAddress("a/b")).toBe("/call/a%2Fb#now"); });
});
