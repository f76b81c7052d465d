import { describe, expect, it } from "vitest";
import type { SourceState } from "./Capture";
import type { LineTest } from "./lineTest";
import { lineIsSlow, verdict, type LineGuess } from "./verdict";

const live = { kind: "live", track: {} as MediaStreamTrack } as const satisfies SourceState;
const off = { kind: "off" } as const;
const line: LineGuess = { online: true, answerMs: 40, megabits: 10, saving: false };
const none = { kind: "none" } as const satisfies LineTest;
type Args = Parameters<typeof verdict>;
const kind = (microphone: Args[0], camera: Args[1], heard: boolean, soundOnly: boolean, guess: LineGuess, test: LineTest = none) => verdict(microphone, camera, heard, soundOnly, guess, test).kind;

describe("verdict", () => {
  it("is ready when you were heard and seen", () => { expect(kind(live, live, true, false, line)).toBe("ready"); });
  it("asks you to speak", () => { expect(kind(live, live, false, false, line)).toBe("silent"); });
  it("waits for the browser's question", () => { expect(kind({ kind: "asking" }, { kind: "asking" }, false, false, line)).toBe("asking"); });
  it("names what stands in the way of sound", () => {
    expect(verdict({ kind: "trouble", trouble: "denied" }, live, false, false, line, none)).toEqual({ kind: "no_sound", trouble: "denied" });
  });
  it("lets you in without a picture", () => {
    expect(kind(live, { kind: "trouble", trouble: "missing" }, true, false, line)).toBe("no_picture");
    expect(kind(live, off, true, true, line)).toBe("sound_only");
  });
  it("advises against a picture on a slow line only when there is one", () => {
    expect(kind(live, live, true, false, { ...line, answerMs: 2000 })).toBe("slow");
    expect(kind(live, off, true, true, { ...line, answerMs: 2000 })).toBe("sound_only");
  });
  it("advises against it too when the test sound came back with holes", () => {
    expect(kind(live, live, true, false, line, { kind: "weak", relayed: false })).toBe("slow");
    expect(kind(live, live, true, false, line, { kind: "good", relayed: true })).toBe("ready");
  });
  it("says that nothing gets through, unless there is no sound to begin with", () => {
    const blocked = { kind: "blocked", ways: [] } as const;
    expect(kind(live, live, true, false, line, blocked)).toBe("blocked");
    expect(kind({ kind: "trouble", trouble: "busy" }, live, true, false, line, blocked)).toBe("no_sound");
  });
  it("says first that the network is gone", () => { expect(kind({ kind: "trouble", trouble: "denied" }, off, false, false, { ...line, online: false })).toBe("offline"); });
});

describe("lineIsSlow", () => {
  it("does not guess from nothing", () => { expect(lineIsSlow({ online: true, answerMs: null, megabits: null, saving: false })).toBe(false); });
  it("believes the browser", () => { expect([lineIsSlow({ ...line, megabits: 0.2 }), lineIsSlow({ ...line, saving: true })]).toEqual([true, true]); });
});
