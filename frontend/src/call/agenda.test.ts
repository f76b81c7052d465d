import { describe, expect, it } from "vitest";
import { agenda, clockAt, isPlanned, partAt } from "./agenda";

const lengths = (minutes: number) => agenda(minutes).map((part) => part.until - part.from);

describe("agenda", () => {
  it("is the twenty minutes of the field", () => { expect(lengths(20)).toEqual([60, 180, 180, 180, 360, 120, 120]); });
  it("keeps the proportions in eight", () => { expect(lengths(8)).toEqual([24, 72, 72, 72, 144, 48, 48]); });
  it.each([8, 15, 20, 45])("fills %i minutes without a hole", (minutes) => {
    const parts = agenda(minutes);
    expect(parts[0]?.from).toBe(0);
    expect(parts.at(-1)?.until).toBe(minutes * 60);
    for (const [i, part] of parts.entries()) if (i > 0) expect(part.from).toBe(parts[i - 1]?.until);
  });
});

describe("isPlanned", () => {
  it.each([[2, false], [5, false], [10, false], [15, true], [20, true]])("%i minutes: %s", (minutes, want) => { expect(isPlanned(minutes)).toBe(want); });
});

describe("clockAt", () => {
  const at = (minutes: number, seconds: number) => clockAt(1_000_000, minutes, 1_000_000 + seconds * 1000);
  it("stands until it is started", () => { expect(clockAt(null, 20, 5)).toEqual({ kind: "none" }); });
  it("waits before the beginning", () => { expect(at(20, -1)).toEqual({ kind: "before" }); });
  it("counts the running minute", () => {
    expect(at(20, 0)).toEqual({ kind: "running", seconds: 0, left: 20 });
    expect(at(20, 61)).toEqual({ kind: "running", seconds: 61, left: 19 });
  });
  it("says so when two minutes are left", () => {
    expect(at(20, 18 * 60 - 1)).toMatchObject({ kind: "running", left: 3 });
    expect(at(20, 18 * 60)).toMatchObject({ kind: "last", left: 2 });
  });
  it("does not begin a short talk with its end", () => {
    expect(at(2, 0).kind).toBe("running");
    expect(at(2, 60)).toMatchObject({ kind: "last", left: 1 });
  });
  it("is over at the end", () => { expect(at(5, 300)).toEqual({ kind: "over" }); });
});

describe("partAt", () => {
  const parts = agenda(20);
  it("finds the part that is due, half open", () => {
    expect(partAt(parts, clockAt(0, 20, 59_000))?.item).toBe("here");
    expect(partAt(parts, clockAt(0, 20, 60_000))?.item).toBe("hospital");
    expect(partAt(parts, clockAt(0, 20, 1_199_000))?.item).toBe("readback");
  });
  it("finds none before and after", () => {
    expect(partAt(parts, clockAt(10_000, 20, 0))).toBeNull();
    expect(partAt(parts, clockAt(0, 20, 1_200_000))).toBeNull();
  });
});
