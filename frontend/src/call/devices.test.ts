import { describe, expect, it } from "vitest";
import { isWireless, offersBlur, refusalOf, sortDevices, troubleOf } from "./devices";

describe("troubleOf", () => {
  it.each([
    ["NotAllowedError", "denied"], ["SecurityError", "denied"], ["NotFoundError", "missing"], ["OverconstrainedError", "missing"],
    ["NotReadableError", "busy"], ["AbortError", "busy"], ["InvalidStateError", "failed"],
  ] as const)("reads %s as %s", (name, trouble) => { expect(troubleOf(new DOMException("x", name))).toBe(trouble); });
  it("reads a missing mediaDevices as unsupported", () => { expect(troubleOf(new TypeError("undefined"))).toBe("unsupported"); });
  it("survives anything", () => { expect(troubleOf("what")).toBe("failed"); });
});

describe("refusalOf", () => {
  it.each([
    ["denied", "Permission denied", "denied"], ["prompt", "Permission denied", "dismissed"], ["granted", "Permission denied", "system"],
    [null, "Permission denied by system", "system"], [null, "Permission dismissed", "dismissed"], [null, "not allowed by the user agent or the platform", "denied"],
    ["prompt", "Permission denied by system", "system"],
  ] as const)("with the browser's %s and %j is %s", (permission, message, want) => { expect(refusalOf(permission, message)).toBe(want); });
});

describe("isWireless", () => {
  it.each([
    ["Headset (WH-1000XM4 Hands-Free AG Audio)", true], ["AirPods Pro", true], ["Jabra Evolve (Bluetooth)", true], ["Galaxy Buds2 Pro", true],
    ["Jabra Evolve 20", false], ["Default - Internal Microphone", false], ["", false],
  ] as const)("%j: %s", (label, want) => { expect(isWireless(label)).toBe(want); });
});

describe("offersBlur", () => {
  const camera = (capabilities: object) => ({ getCapabilities: () => capabilities }) as unknown as MediaStreamTrack;
  it("is a choice or it is nothing", () => {
    expect([{ backgroundBlur: [true, false] }, { backgroundBlur: [true] }, { backgroundBlur: [false] }, {}].map((c) => offersBlur(camera(c)))).toEqual([true, false, false, false]);
    expect(offersBlur({} as MediaStreamTrack)).toBe(false);
  });
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
