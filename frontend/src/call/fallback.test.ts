import { describe, expect, it } from "vitest";
import { afterFailure, firstTrial, memoryAfter, rememberedFor } from "./fallback";

const noon = 1_800_000_000_000;
/** ways plays failures (how long each connection stood) and names the way of every attempt. */
const ways = (relayedAt: number | null, ...stood: (number | null)[]) => {
  let trial = firstTrial(relayedAt, noon);
  return [trial.way, ...stood.map((stoodFor) => (trial = afterFailure(trial, stoodFor)).way)].join(" ");
};

describe("the way of the next connection", () => {
  it.each([
    ["direct first", null, [], "any"],
    ["the relay after one that never stood", null, [null], "any relay"],
    ["the relay after two breaks", null, [5_000, 20_000], "any any relay"],
    ["direct again after breaks far apart", null, [600_000, 600_000, 600_000], "any any any any"],
    ["the other one for ever, when nothing gets through", null, [null, null, null, null], "any relay any relay any"],
    ["the relay first while it is remembered", noon - 1_000, [], "relay"],
    ["direct after all, when the memory is wrong", noon - 1_000, [null, null], "relay any relay"],
    ["direct when the memory is old", noon - rememberedFor, [], "any"],
    ["direct when the memory is of tomorrow", noon + 1_000, [], "any"],
  ] as const)("is %s", (_, relayedAt, stood, want) => { expect(ways(relayedAt, ...stood)).toBe(want); });
});

describe("memoryAfter", () => {
  it("remembers when the relay was needed, and not for longer because it was used again", () => {
    expect(memoryAfter("relay", true, null, noon)).toBe(noon);
    expect(memoryAfter("relay", true, noon - 5_000, noon)).toBe(noon - 5_000);
    expect(memoryAfter("relay", true, noon - rememberedFor, noon)).toBe(noon);
  });
  it("forgets when the direct way stands", () => { expect(memoryAfter("any", false, noon - 5_000, noon)).toBeNull(); });
  it("learns nothing from a relay that the browser has chosen by itself", () => {
    expect(memoryAfter("any", true, null, noon)).toBeNull();
    expect(memoryAfter("any", true, noon - 5_000, noon)).toBe(noon - 5_000);
  });
});
