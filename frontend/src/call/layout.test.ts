import { describe, expect, it } from "vitest";
import { holdFor, layout, nextLook, nextStage, type Seated } from "./layout";

const me: Seated = { key: "me", you: true, picture: true };
const gp: Seated = { key: "gp", you: false, picture: false };
const nurse: Seated = { key: "nurse", you: false, picture: true };
const nobody = { large: null, since: 0 };

describe("nextStage", () => {
  it("has nobody large when you are alone", () => { expect(nextStage(nobody, [me], ["me"], 10)).toEqual(nobody); });
  it("begins with somebody who has a picture", () => { expect(nextStage(nobody, [me, gp, nurse], [], 10).large).toBe("nurse"); });
  it("takes whoever speaks, not yourself", () => { expect(nextStage(nobody, [me, gp, nurse], ["me", "gp"], 10).large).toBe("gp"); });
  it("holds against a cough and gives way after", () => {
    const stage = { large: "nurse", since: 1000 };
    expect(nextStage(stage, [me, gp, nurse], ["gp"], 1000 + holdFor - 1)).toBe(stage);
    expect(nextStage(stage, [me, gp, nurse], ["gp"], 1000 + holdFor)).toEqual({ large: "gp", since: 1000 + holdFor });
  });
  it("stays in silence", () => {
    const stage = { large: "gp", since: 0 };
    expect(nextStage(stage, [me, gp, nurse], [], 99_000)).toBe(stage);
  });
  it("moves on at once when the large one leaves", () => { expect(nextStage({ large: "nurse", since: 1000 }, [me, gp], [], 1001).large).toBe("gp"); });
});

describe("nextLook", () => {
  it("is when the hold ends, if somebody waits", () => {
    expect(nextLook({ large: "nurse", since: 1000 }, ["gp"], 1500)).toBe(holdFor - 500);
    expect(nextLook({ large: "gp", since: 1000 }, ["gp"], 1500)).toBeNull();
    expect(nextLook({ large: "gp", since: 1000 }, [], 1500)).toBeNull();
  });
});

describe("layout", () => {
  it("keeps the order of arrival and puts you last", () => {
    expect(layout("nurse", false, [me, gp, nurse])).toEqual({ large: "nurse", strip: ["gp", "me"] });
    expect(layout(null, false, [me])).toEqual({ large: null, strip: ["me"] });
  });
  it("gives the large place to a shared screen, and everybody to the strip", () => {
    expect(layout("nurse", true, [me, gp, nurse])).toEqual({ large: null, strip: ["gp", "nurse", "me"] });
  });
});
