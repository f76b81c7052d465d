import { describe, expect, it } from "vitest";
import { judge, lossIn, waysOf } from "./lineTest";

describe("judge", () => {
  const of = (more: object) => judge({ path: "udp", rttMs: 40, loss: 0, gap: 0, ...more });
  it.each([
    ["a good line", {}, "good", false], ["only the proxy", { path: "relay-tls" }, "good", true], ["loss", { loss: 0.08 }, "weak", false],
    ["gaps in the sound", { gap: 0.06 }, "weak", false], ["a long way through the proxy", { path: "relay-tls", rttMs: 900 }, "weak", true],
  ] as const)("%s", (_, more, kind, relayed) => { expect(of(more)).toEqual({ kind, relayed }); });
});

describe("waysOf", () => {
  it("names each way once, in words that IT can type into a firewall", () => {
    const answer = [
      "v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=candidate:1 1 udp 2130706431 203.0.113.5 7882 typ host", "a=candidate:2 1 tcp 1671430143 203.0.113.5 7882 typ host tcptype passive", "a=candidate:3 1 tcp 1 203.0.113.5 9 typ host tcptype active",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=candidate:1 1 udp 2130706431 203.0.113.5 7882 typ host", "",
    ].join("\r\n");
    const relays = ["turn:samtale.example:3478?transport=udp", "turns:samtale.example:443?transport=tcp", "turns:[2001:db8::1]", "nonsense"];
    expect(waysOf(answer, relays)).toEqual(["UDP 203.0.113.5:7882", "TCP 203.0.113.5:7882", "UDP samtale.example:3478", "TLS samtale.example:443", "TLS [2001:db8::1]:5349"]);
  });
  it("knows none where nothing is told", () => { expect(waysOf("", [])).toEqual([]); });
});

describe("lossIn", () => {
  it("takes the worse direction", () => {
    const back = { type: "inbound-rtp", packetsLost: 5, packetsReceived: 95 };
    expect(lossIn([back, { type: "remote-inbound-rtp", fractionLost: 0.2 }])).toBe(0.2);
    expect(lossIn([back])).toBe(0.05);
    expect(lossIn([{ type: "inbound-rtp", packetsLost: -2, packetsReceived: 0 }])).toBe(0);
  });
});
