import { describe, expect, it } from "vitest";
import { Belief } from "./Belief";

const off = { muted: false, camera: false, screen: false };
const welcomed = (resumed = false, screen = false, before = off) => {
  const belief = new Belief();
  belief.news(before);
  belief.introduce(before);
  belief.welcomed(resumed, screen);
  return belief;
};

describe("what the server is told", () => {
  it("is nothing as long as it knows", () => { expect(welcomed().news(off)).toBeNull(); });
  it("is a camera that came on while the welcome was on its way", () => { expect(welcomed().news({ ...off, camera: true })).toEqual({ muted: false, camera: true }); });
  it("is said once", () => {
    const belief = welcomed();
    belief.news({ ...off, muted: true });
    expect(belief.news({ ...off, muted: true })).toBeNull();
  });
  it("has a screen in it only when that has changed", () => {
    const belief = welcomed();
    expect(belief.news({ ...off, screen: true })).toEqual({ ...off, screen: true });
    expect(belief.news({ muted: true, camera: false, screen: true })).toEqual({ muted: true, camera: false });
  });
  it("is the screen once more after a break", () => {
    const shown = { ...off, screen: true };
    expect(welcomed(true, true, shown).news(shown)).toEqual(shown);
    expect(welcomed(true, false, shown).news(off)).toEqual(off);
  });
  it("is nothing of a screen that the server has ended", () => {
    const belief = welcomed();
    belief.news({ ...off, screen: true });
    belief.screenOver();
    expect(belief.news(off)).toBeNull();
  });
});
