import { describe, expect, it } from "vitest";
import { unlimited } from "./encodings";
import { keptDown, keptUp } from "./kept";
import type { Downlink, Uplink } from "./messages";

describe("keptDown", () => {
  const down = (step: Downlink["step"], paused: number, others = 3, why: Downlink["why"] = "slow") => keptDown({ step, why, kbps: 100 }, paused, others);
  it.each([
    ["all is well", down("full", 0, 3, ""), ""], ["pictures are only smaller", down("reduced", 0), ""],
    ["one picture of three is left", down("speaker", 2), "some_pictures"], ["there is one picture and it is left", down("speaker", 0), ""],
    ["sound alone is left", down("sound", 3), "pictures"], ["nobody shows a picture anyway", down("sound", 0), ""],
    ["two voices are left of many", down("lifeline", 3), "loudest"], ["there are only two others", down("lifeline", 1, 2), "pictures"],
    ["you have asked for it", down("sound", 3, 3, "choice"), ""], ["nothing was said yet", keptDown(null, 0, 3), ""],
  ] as const)("when %s", (_, got, want) => { expect(got).toBe(want); });
});

describe("keptUp", () => {
  const up = (more: Partial<Uplink>, camera = true, screen = false) => keptUp({ ...unlimited, step: "sound", why: "loss", layers: 0, kbps: 0, ...more }, camera, screen);
  it.each([
    ["your picture is stopped", up({}), "picture"], ["the camera is off", up({}, false), ""], ["a small picture is left", up({ layers: 1, kbps: 150 }), ""],
    ["nobody looks", up({ step: "full", why: "" }), ""], ["you have asked for it", up({ why: "choice" }), ""],
    ["not even the screen is sent", up({}, true, true), "screen"], ["the screen goes before the face", up({ step: "speaker", kbps: 200 }, true, true), "picture"],
    ["nothing was said yet", keptUp(null, true, false), ""],
  ] as const)("when %s", (_, got, want) => { expect(got).toBe(want); });
});
