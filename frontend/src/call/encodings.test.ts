import { describe, expect, it } from "vitest";
import { encodingsFor, layersOf, screenBits, screenFor, unlimited } from "./encodings";

const hd = { width: 1280, height: 720 };
const shape = (size: { width: number; height: number } | null, uplink: Partial<typeof unlimited> = {}, sharing = false) =>
  encodingsFor(size, { ...unlimited, ...uplink }, sharing).map((e) => (e.active ? `1/${e.scaleResolutionDownBy} ${e.maxBitrate / 1000}` : "-"));

describe("encodingsFor", () => {
  it.each([
    ["720 lines", hd, ["1/4 150", "1/2 500", "1/1 1700"]],
    ["more than asked for", { width: 1920, height: 1080 }, ["1/6 150", "1/3 500", "1/1.5 1700"]],
    ["a telephone held upright", { width: 720, height: 1280 }, ["1/4 150", "1/2 500", "1/1 1700"]],
    ["540 lines", { width: 960, height: 540 }, ["1/4 150", "1/2 500", "1/1 1700"]],
    ["360 lines, whose top Chromium would leave out", { width: 640, height: 360 }, ["1/2 150", "1/1 500", "-"]],
    ["an old camera", { width: 640, height: 480 }, ["1/2 150", "1/1 500", "-"]],
    ["a tiny one", { width: 320, height: 240 }, ["1/1 150", "-", "-"]],
    ["a size that is not known", null, ["1/2 150", "1/1 500", "-"]],
  ] as const)("of %s", (_, size, want) => { expect(shape(size)).toEqual(want); });

  it("sends no more than the server wants", () => {
    expect(shape(hd, { layers: 2 })).toEqual(["1/4 150", "1/2 500", "-"]);
    expect(shape(hd, { layers: 0 })).toEqual(["-", "-", "-"]);
  });
  it("fills from the lowest and leaves out what would starve", () => {
    expect(shape(hd, { kbps: 1500 })).toEqual(["1/4 150", "1/2 500", "1/1 850"]);
    expect(shape(hd, { kbps: 900 })).toEqual(["1/4 150", "1/2 500", "-"]);
    expect(shape(hd, { kbps: 300 })).toEqual(["1/4 150", "-", "-"]);
    expect(shape(hd, { kbps: 90 })).toEqual(["1/4 90", "-", "-"]);
    expect(shape(hd, { kbps: 0 })).toEqual(["-", "-", "-"]);
  });
  it("leaves a shared screen its part", () => {
    expect(shape(hd, { kbps: 1200 }, true)).toEqual(["1/4 150", "-", "-"]);
    expect(shape(hd, { kbps: 4000 }, true)).toEqual(["1/4 150", "1/2 500", "1/1 1700"]);
  });
});

describe("a shared screen", () => {
  it("goes before the face", () => {
    expect(screenBits({ ...unlimited, kbps: 1200 })).toBe(1_050_000);
    expect(screenBits({ ...unlimited, kbps: 200 })).toBe(200_000);
  });
  it("stops when there is no room for it", () => {
    expect(screenFor({ ...unlimited, kbps: 60 }).active).toBe(false);
    expect(screenFor({ ...unlimited, kbps: 4000 })).toEqual({ active: true, scaleResolutionDownBy: 1, maxBitrate: 1_500_000 });
  });
});

describe("layersOf", () => {
  it("counts as Chromium does", () => {
    expect([[1280, 720], [960, 540], [800, 500], [480, 270], [320, 180]].map(([width = 0, height = 0]) => layersOf({ width, height }))).toEqual([3, 3, 2, 2, 1]);
  });
});
