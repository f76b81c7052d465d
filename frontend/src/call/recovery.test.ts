import { describe, expect, it } from "vitest";
import { isLost, mendsWithin, nextCheck, nextInterruption, undisturbed, type Sign } from "./recovery";

/** after plays signs at their times in milliseconds. */
const after = (...signs: [number, Sign][]) => signs.reduce((state, [at, sign]) => nextInterruption(state, sign, at), undisturbed);

describe("a phone call", () => {
  it("is no news at once", () => {
    const state = after([1000, "microphone_stopped"]);
    expect(isLost(state, 1000 + mendsWithin - 1)).toBe(false);
    expect(nextCheck(state, 1500)).toBe(mendsWithin - 500);
  });
  it("is told when the sound stays away", () => {
    const state = after([1000, "microphone_stopped"]);
    expect(isLost(state, 1000 + mendsWithin)).toBe(true);
    expect(nextCheck(state, 1000 + mendsWithin)).toBeNull();
  });
  it("is forgotten when the machine gives everything back", () => {
    const state = after([0, "microphone_stopped"], [10, "playback_stopped"], [900, "microphone_back"], [950, "playback_back"]);
    expect(state).toEqual(undisturbed);
    expect(nextCheck(state, 1000)).toBeNull();
  });
  it("stays told while one of two is still away, from the first", () => {
    expect(isLost(after([0, "microphone_stopped"], [1500, "playback_stopped"], [1600, "microphone_back"]), mendsWithin)).toBe(true);
  });
  it("waits while nobody looks, and gives the machine its time afterwards", () => {
    const away = after([0, "clock_stopped"], [10, "hidden"]);
    expect(isLost(away, 60_000)).toBe(false);
    expect(nextCheck(away, 60_000)).toBeNull();
    const back = nextInterruption(away, "shown", 60_000);
    expect(isLost(back, 60_000 + mendsWithin - 1)).toBe(false);
    expect(isLost(back, 60_000 + mendsWithin)).toBe(true);
  });
  it("ends with the press", () => {
    expect(after([0, "microphone_stopped"], [5, "playback_stopped"], [6, "clock_stopped"], [5000, "restored"])).toEqual(undisturbed);
  });
  it("counts anew when it happens again", () => {
    expect(after([0, "microphone_stopped"], [100, "microphone_back"], [5000, "microphone_stopped"]).since).toBe(5000);
  });
});
