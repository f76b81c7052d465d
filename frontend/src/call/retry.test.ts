import { describe, expect, it } from "vitest";
import { openWithin, retryDelay } from "./retry";

describe("retryDelay", () => {
  it("is at once, then each second, and after ten attempts ever slower", () => {
    expect([0, 1, 2, 3, 9, 10, 11, 12, 200].map((n) => retryDelay(n, 0))).toEqual([0, 500, 1000, 1000, 1000, 2000, 4000, 8000, 8000]);
  });
  it("has jitter of at most three tenths", () => {
    expect(retryDelay(10, 0.999)).toBeLessThanOrEqual(2600);
    expect(retryDelay(10, 0.5)).toBe(2300);
  });
});

describe("openWithin", () => {
  it("is short, but gives a slow line its time now and then", () => {
    expect([0, 1, 2, 3, 4, 7, 10, 200].map(openWithin)).toEqual([3000, 3000, 3000, 6000, 3000, 6000, 10_000, 10_000]);
  });
});
