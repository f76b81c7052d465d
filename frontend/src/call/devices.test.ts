import { describe, expect, it } from "vitest";
import { sortDevices, troubleOf } from "./devices";

describe("troubleOf", () => {
  it.each([
    ["NotAllowedError", "denied"], ["SecurityError", "denied"], ["NotFoundError", "missing"], ["OverconstrainedError", "missing"],
    ["NotReadableError", "busy"], ["AbortError", "busy"], ["InvalidStateError", "failed"],
  ] as const)("reads %s as %s", (name, trouble) => { expect(troubleOf(new DOMException("x", name))).toBe(trouble); });
  it("reads a missing mediaDevices as unsupported", () => { expect(troubleOf(new TypeError("undefined"))).toBe("unsupported"); });
  it("survives anything", () => { expect(troubleOf("what")).toBe("failed"); });
});

describe("sortDevices", () => {
  it("sorts by kind and drops aliases and devices without an id", () => {
    const list = sortDevices([
      { kind: "audioinput", deviceId: "default", label: "Default" },
      { kind: "audioinput", deviceId: "communications", label: "Communications" },
      { kind: "audioinput", deviceId: "a", label: "Headset" },
      { kind: "videoinput", deviceId: "", label: "" },
      { kind: "audiooutput", deviceId: "s", label: "Speakers" },
    ]);
    expect(list).toEqual({
      microphones: [{ id: "default", label: "Default" }, { id: "a", label: "Headset" }],
      cameras: [],
      speakers: [{ id: "s", label: "Speakers" }],
    });
  });
});
