import { describe, expect, it } from "vitest";
import { delayBefore, parseLive, touched } from "./live";

describe("parseLive", () => {
  it("reads what the server sends", () => {
    expect(parseLive('{"t":"hello","d":{}}')).toEqual({ t: "hello" });
    expect(parseLive('{"t":"changed","d":{"kind":"case","case":"c_1"}}')).toEqual({ t: "changed", d: { kind: "case", case: "c_1" } });
  });
  it("passes over what it does not know", () => {
    expect(parseLive('{"t":"later","d":1}')).toBeNull();
    expect(parseLive("not json")).toBeNull();
    expect(parseLive('{"t":"changed","d":{"kind":"unheard"}}')).toBeNull();
  });
});

describe("touched", () => {
  it("names the board and the case", () => {
    expect(touched({ kind: "case", case: "c_1" })).toEqual(expect.arrayContaining([["board"], ["case", "c_1"]]));
  });
  it("names the meeting and its attendance", () => {
    expect(touched({ kind: "conference", conference: "k_1" })).toEqual(expect.arrayContaining([["conference", "k_1"], ["attendance", "k_1"], ["board"]]));
  });
  it("names what rings and who is on duty", () => {
    expect(touched({ kind: "consult", consult: "c_1" })).toEqual([["consults"]]);
    expect(touched({ kind: "duty" })).toEqual(expect.arrayContaining([["duty"], ["rosters"]]));
    expect(touched({ kind: "door" })).toEqual([["doors"]]);
  });
  it("fetches everything after an import", () => {
    expect(touched({ kind: "region" })).toEqual([[]]);
  });
});

describe("delayBefore", () => {
  it("grows, is bounded and is spread", () => {
    expect(delayBefore(0, 0)).toBe(250);
    expect(delayBefore(0, 1)).toBe(500);
    expect(delayBefore(3, 0)).toBe(2000);
    expect(delayBefore(20, 1)).toBe(15_000);
  });
});
