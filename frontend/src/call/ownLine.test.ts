import { describe, expect, it } from "vitest";
import { isRelayed, readLine } from "./ownLine";

const transport = { type: "transport", id: "T", selectedCandidatePairId: "P2" };
const pair = { type: "candidate-pair", id: "P2", localCandidateId: "L", availableOutgoingBitrate: 620_400, currentRoundTripTime: 0.18, bytesReceived: 1_000_000 };
const other = { type: "candidate-pair", id: "P1", localCandidateId: "X", nominated: true, state: "succeeded", currentRoundTripTime: 9 };
const local = (more: object) => ({ type: "local-candidate", id: "L", candidateType: "host", protocol: "udp", ...more });
const voice = (id: string, packets: number, samples: number, concealed: number, silent: number) =>
  ({ type: "inbound-rtp", kind: "audio", id, packetsReceived: packets, totalSamplesReceived: samples, concealedSamples: concealed, silentConcealedSamples: silent, jitter: 0.024 });

describe("the path", () => {
  it.each([
    [{}, "udp"], [{ protocol: "tcp" }, "tcp"], [{ candidateType: "prflx" }, "udp"],
    [{ candidateType: "relay", relayProtocol: "tls" }, "relay-tls"], [{ candidateType: "relay", relayProtocol: "tcp" }, "relay-tcp"], [{ candidateType: "relay" }, "relay-udp"],
  ] as const)("of %j is %s", (more, want) => { expect(readLine([transport, other, pair, local(more)], 0, null).line.path).toBe(want); });
  it("is that of the chosen pair where a browser marks it itself", () => {
    expect(readLine([other, { ...pair, selected: true }, local({})], 0, null).line.rtt_ms).toBe(180);
  });
  it("is not known without a pair", () => { expect(readLine([], 0, null).line).toEqual({ path: "", up_kbps: 0, down_kbps: 0, rtt_ms: 0, jitter_ms: 0, gap_permille: 0 }); });
  it("is relayed or not", () => { expect((["udp", "tcp", "relay-udp", "relay-tls", ""] as const).map(isRelayed)).toEqual([false, false, true, true, false]); });
});

describe("the numbers", () => {
  const first = readLine([transport, pair, local({}), voice("a", 100, 96_000, 500, 500), voice("b", 50, 96_000, 96_000, 90_000)], 1_000, null);
  it("say nothing of the time before the first reading", () => { expect(first.line).toMatchObject({ up_kbps: 620, down_kbps: 0, rtt_ms: 180, jitter_ms: 24, gap_permille: 0 }); });
  it("are what lies between two readings", () => {
    const later = [transport, { ...pair, bytesReceived: 1_500_000 }, local({}), voice("a", 340, 336_000, 6_500, 4_100), voice("b", 50, 336_000, 336_000, 100_000)];
    const { line } = readLine(later, 6_000, first.counts);
    expect(line.down_kbps).toBe(800);
    expect(line.gap_permille).toBe(10); // 2,400 of 240,000; of b nothing has come, so nobody sits there
  });
});
