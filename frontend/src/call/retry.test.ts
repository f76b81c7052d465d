import { describe, expect, it } from "vitest";
import { retryDelay } from "./retry";

describe("retryDelay", () => {
  it("is at once, then 0.5, 1, 2, 4 and 8 seconds for ever", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 200].map((n) => retryDelay(n, 0))).toEqual([0, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
  });
  it("has jitter of at most three tenths", () => {
    expect(retryDelay(3, 0.999)).toBeLessThanOrEqual(2600);
    expect(retryDelay(3, 0.5)).toBe(2300);
  });
});
