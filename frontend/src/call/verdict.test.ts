import { describe, expect, it } from "vitest";
import type { SourceState } from "./Capture";
import { lineIsSlow, verdict, type LineGuess } from "./verdict";

const live = { kind: "live", track: {} as MediaStreamTrack } as const satisfies SourceState;
const off = { kind: "off" } as const;
const line: LineGuess = { online: true, answerMs: 40, megabits: 10, saving: false };
const kind = (...args: Parameters<typeof verdict>) => verdict(...args).kind;

describe("verdict", () => {
  it("is ready when you were heard and seen", () => { expect(kind(live, live, true, false, line)).toBe("ready"); });
  it("asks you to speak", () => { expect(kind(live, live, false, false, line)).toBe("silent"); });
  it("waits for the browser's question", () => { expect(kind({ kind: "asking" }, { kind: "asking" }, false, false, line)).toBe("asking"); });
  it("names what stands in the way of sound", () => {
    expect(verdict({ kind: "trouble", trouble: "denied" }, live, false, false, line)).toEqual({ kind: "no_sound", trouble: "denied" });
  });
  it("lets you in without a picture", () => {
    expect(kind(live, { kind: "trouble", trouble: "missing" }, true, false, line)).toBe("no_picture");
    expect(kind(live, off, true, true, line)).toBe("sound_only");
  });
  it("advises against a picture on a slow line only when there is one", () => {
    expect(kind(live, live, true, false, { ...line, answerMs: 2000 })).toBe("slow");
    expect(kind(live, off, true, true, { ...line, answerMs: 2000 })).toBe("sound_only");
  });
  it("says first that the network is gone", () => { expect(kind({ kind: "trouble", trouble: "denied" }, off, false, false, { ...line, online: false })).toBe("offline"); });
});

describe("lineIsSlow", () => {
  it("does not guess from nothing", () => { expect(lineIsSlow({ online: true, answerMs: null, megabits: null, saving: false })).toBe(false); });
  it("believes the browser", () => { expect([lineIsSlow({ ...line, megabits: 0.2 }), lineIsSlow({ ...line, saving: true })]).toEqual([true, true]); });
});
