import { describe, expect, it } from "vitest";
import type { Slot } from "./messages";
import { heightIn, viewsOf, type Place } from "./views";

const camera = (mid: string, key: string, state: Slot["state"] = "on"): Slot => ({ mid, kind: "video", state, key, session: `${key}0`, source: "camera" });
const slots: Slot[] = [
  { mid: "2", kind: "audio", state: "on", key: "a", session: "a0", source: "microphone" },
  camera("5", "a"), camera("6", "b", "paused"), camera("7", "c"), { mid: "8", kind: "video", state: "off" },
  { mid: "9", kind: "video", state: "on", key: "c", session: "c0", source: "screen" },
];
const box = (key: string, height: number, more: Partial<Place> = {}): Place => ({ key, source: "camera", height, large: false, ...more });
const seen = (places: Place[], speakers: string[] = []) => viewsOf(slots, places, speakers).map(({ mid, height }) => `${mid}:${height}`).join(" ");

describe("viewsOf", () => {
  it("puts a shared screen first, then who is large, then who speaks, then the others", () => {
    expect(seen([box("a", 180), box("b", 180), box("c", 720, { source: "screen", large: true })], ["b"])).toBe("9:720 6:180 5:180");
    expect(seen([box("a", 180), box("b", 180), box("c", 720, { large: true })], ["b", "a"])).toBe("7:720 6:180 5:180");
  });
  it("names a picture that is paused, or it would never come back", () => { expect(seen([box("b", 360)])).toBe("6:360"); });
  it("leaves out what is out of sight or has no box", () => { expect(seen([box("a", 0), box("c", 180)])).toBe("7:180"); });
  it("takes the taller of two boxes, as with the small window", () => { expect(seen([box("a", 0, { large: true }), box("a", 200)])).toBe("5:200"); });
  it("is empty in a hidden tab", () => { expect(seen([box("a", 0, { large: true })])).toBe(""); });
});

describe("heightIn", () => {
  it.each([
    ["a wide box", { width: 1280, height: 400 }, 1, 400], ["a tall one", { width: 320, height: 600 }, 1, 180],
    ["a sharp screen", { width: 320, height: 180 }, 2, 360], ["a telephone", { width: 358, height: 500 }, 3, 403], ["nothing", { width: 0, height: 0 }, 2, 0],
  ] as const)("of %s", (_, size, density, want) => { expect(heightIn(size, density)).toBe(want); });
});
