import { describe, expect, it } from "vitest";
import { bytesIn, isSilent, nextPulse, type Pulse } from "./pulse";

const read = (...readings: [number, number | null][]) => readings.reduce<Pulse | null>((pulse, [at, bytes]) => nextPulse(pulse, bytes, at), null);

describe("the pulse", () => {
  it("is there while more comes", () => { expect(isSilent(read([0, 10], [1000, 20], [2000, 30]), 2010)).toBe(false); });
  it("is missed after one reading without more", () => {
    expect(isSilent(read([0, 10], [1000, 10]), 1000)).toBe(true);
    expect(isSilent(read([0, 10], [500, 10]), 500)).toBe(false);
  });
  it("is back with the first byte", () => { expect(isSilent(read([0, 10], [1000, 10], [2000, 11]), 2000)).toBe(false); });
  it("begins anew with another connection, whose count is smaller", () => { expect(isSilent(read([0, 10], [5000, 2]), 5000)).toBe(false); });
  it("is not asked for where nothing is known", () => {
    expect(isSilent(read([0, 10], [1000, null]), 9000)).toBe(false);
    expect(isSilent(null, 9000)).toBe(false);
  });
});

describe("bytesIn", () => {
  const transport = { type: "transport", bytesReceived: 500 };
  const pair = { type: "candidate-pair", bytesReceived: 300 };
  it("reads the transport", () => { expect(bytesIn([pair, transport, { type: "inbound-rtp", bytesReceived: 9 }])).toBe(500); });
  it("reads the pairs where there is no other", () => { expect(bytesIn([pair, pair])).toBe(600); });
  it("knows nothing without either", () => { expect(bytesIn([null, "x", { type: "transport" }])).toBeNull(); });
});
