import { describe, expect, it } from "vitest";
import { comesAfter, goesAfter, nextSteady, nextTurn, type Steady } from "./steady";

/** after plays what is true from which instant on, and asks once more at the end. */
const after = (end: number, ...truths: [number, string][]) => {
  const state = truths.reduce<Steady<string>>((was, [at, now]) => nextSteady(was, now, "", at), { shown: "", next: "", since: 0 });
  return nextSteady(state, state.next, "", end);
};

describe("a word about the line", () => {
  it("comes only when it has lasted", () => {
    expect(after(1000 + comesAfter - 1, [1000, "paused"]).shown).toBe("");
    expect(after(1000 + comesAfter, [1000, "paused"]).shown).toBe("paused");
  });
  it("stays over a short relief, and goes when it is over", () => {
    const shown = [[0, "paused"], [5000, "paused"]] as [number, string][];
    expect(after(8000, ...shown, [6000, ""], [7000, "paused"]).shown).toBe("paused");
    expect(after(6000 + goesAfter - 1, ...shown, [6000, ""]).shown).toBe("paused");
    expect(after(6000 + goesAfter, ...shown, [6000, ""]).shown).toBe("");
  });
  it("does not come for something that flickers", () => {
    expect(after(4000, [1000, "paused"], [2000, ""], [3000, "paused"]).shown).toBe("");
  });
  it("gives way to another word", () => { expect(after(9000, [0, "paused"], [5000, "paused"], [6000, "loudest"]).shown).toBe("loudest"); });
});

describe("nextTurn", () => {
  it("is when the wait is over", () => {
    expect(nextTurn({ shown: "", next: "paused", since: 1000 }, "", 1500)).toBe(comesAfter - 500);
    expect(nextTurn({ shown: "paused", next: "", since: 1000 }, "", 90_000)).toBe(0);
    expect(nextTurn({ shown: "paused", next: "paused", since: 1000 }, "", 1500)).toBeNull();
  });
});
