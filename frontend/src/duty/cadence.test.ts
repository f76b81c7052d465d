import { describe, expect, it } from "vitest";
import { cadenceOf, flashEvery, samples, titleAt } from "./cadence";

const calm = cadenceOf(false);
const urgent = cadenceOf(true);
const power = (wave: Float32Array) => Math.sqrt(wave.reduce((sum, v) => sum + v * v, 0) / wave.length);

describe("cadenceOf", () => {
  it("fits its tones and its motor into one round, with a pause", () => {
    for (const cadence of [calm, urgent]) {
      const end = Math.max(...cadence.tones.map((t) => t.at + t.seconds));
      expect(end).toBeLessThan(cadence.seconds);
      expect(cadence.buzz.reduce((a, b) => a + b, 0)).toBeLessThan(cadence.seconds * 1000);
    }
  });
  it("is denser for now", () => {
    expect(urgent.seconds).toBeLessThan(calm.seconds);
    expect(urgent.tones.length / urgent.seconds).toBeGreaterThan(calm.tones.length / calm.seconds);
  });
});

describe("samples", () => {
  const rate = 8_000;
  it("is one round long and never leaves what a loudspeaker takes", () => {
    for (const cadence of [calm, urgent]) {
      const wave = samples(cadence, rate);
      expect(wave.length).toBe(cadence.seconds * rate);
      expect(wave.every((v) => Math.abs(v) <= 1)).toBe(true);
    }
  });
  it("is louder for now", () => { expect(power(samples(urgent, rate))).toBeGreaterThan(1.5 * power(samples(calm, rate))); });
  it("begins and ends in silence, so that the repetition does not click", () => {
    const wave = samples(calm, rate);
    expect(Math.abs(wave[0] ?? 1)).toBeLessThan(0.001);
    expect(wave.slice(-rate).every((v) => v === 0)).toBe(true);
    const fine = samples(calm, 48_000);
    expect(Math.max(...fine.slice(0, 48).map(Math.abs))).toBeLessThan(0.05); // the first millisecond
    const last = calm.tones.at(-1);
    const end = Math.round(((last?.at ?? 0) + (last?.seconds ?? 0)) * 48_000);
    expect(Math.max(...fine.slice(end - 48, end).map(Math.abs))).toBeLessThan(0.002); // and the last
  });
});

describe("titleAt", () => {
  it("alternates and begins with the ring", () => {
    expect([0, 999, 1_000, 1_999, 2_000].map((ms) => titleAt(ms, "Board", "Ring"))).toEqual(["Ring", "Ring", "Board", "Board", "Ring"]);
    expect(flashEvery).toBe(1_000);
  });
});
