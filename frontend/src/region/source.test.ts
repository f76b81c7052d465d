import { describe, expect, it } from "vitest";
import { kilobytes, withSource } from "./source";

describe("withSource", () => {
  it("finds the lines, whatever ends them, in the order of the file", () => {
    expect(withSource([{ line: 3, text: "c" }, { line: 1, text: "a" }], "one\r\ntwo\nthree")).toEqual([
      { line: 1, text: "a", source: "one" },
      { line: 3, text: "c", source: "three" },
    ]);
  });
  it("has nothing to show beyond the end", () => { expect(withSource([{ line: 9, text: "x" }], "one")[0]?.source).toBe(""); });
  it("cuts a line that nobody could read", () => { expect(withSource([{ line: 1, text: "x" }], "y".repeat(500))[0]?.source).toHaveLength(201); });
});

describe("kilobytes", () => {
  it("is never nothing", () => { expect([kilobytes(10), kilobytes(25_000)]).toEqual([1, 24]); });
});
