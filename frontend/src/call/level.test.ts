import { describe, expect, it } from "vitest";
import { heardAt, levelOf } from "./level";

const tone = (amplitude: number) => Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin(i / 7));

describe("levelOf", () => {
  it("is 0 for silence and for nothing", () => { expect([levelOf([]), levelOf([0, 0]), levelOf(tone(0.0005))]).toEqual([0, 0, 0]); });
  it("is 1 for a shout", () => { expect(levelOf(tone(0.9))).toBe(1); });
  it("hears speech and not a fan", () => {
    expect(levelOf(tone(0.1))).toBeGreaterThan(heardAt);
    expect(levelOf(tone(0.004))).toBeLessThan(heardAt);
  });
  it("grows with loudness", () => { expect(levelOf(tone(0.2))).toBeGreaterThan(levelOf(tone(0.1))); });
});
