import { describe, expect, it } from "vitest";
import { bare, grouped, isWhole, patternPath, spelled } from "./code";

describe("a code", () => {
  it.each([["k3m9t7qx", "K3M9 T7QX"], [" K3M9-T7QX ", "K3M9 T7QX"], ["K3M9T7Q", "K3M9 T7Q"], ["", ""]])("%j is shown as %j", (code, want) => { expect(grouped(code)).toBe(want); });
  it("is sent without what people put between", () => { expect(bare("k3m9 t7-qx.")).toBe("K3M9T7QX"); });
  it("is spelled for the ear", () => { expect(spelled("K3M9T7QX")).toBe("K 3 M 9, T 7 Q X"); });
  it("is not asked about before it can be whole", () => {
    expect(isWhole("K3M9")).toBe(false);
    expect(isWhole("K3M 9T7")).toBe(true);
  });
});

describe("patternPath", () => {
  it("joins neighbours in a row and keeps rows apart", () => {
    expect(patternPath([[true, true, false, true], [false, false, false, false], [true, false, false, false]])).toBe("M0 0h2v1h-2zM3 0h1v1h-1zM0 2h1v1h-1z");
  });
});
