import type { OwnLine } from "./messages";
import { isRelayed } from "./ownLine";

/** What a trial of the line has shown, before the call. Pure. */

/** Measured is what came of the test sound: loss and gap are shares from 0 to 1. */
export type Measured = { path: OwnLine["path"]; rttMs: number; loss: number; gap: number };

/** LineTest: none, it was not made or could not be; blocked, nothing has come through, and these ways would have to be opened. */
export type LineTest =
  | { kind: "none" | "testing" }
  | { kind: "good" | "weak"; relayed: boolean }
  | { kind: "blocked"; ways: readonly string[] };

/** Beyond these a picture mostly costs sound (opinion). */
const lossTooHigh = 0.05;
const gapTooHigh = 0.05;
const rttTooLong = 700;

export function judge({ path, rttMs, loss, gap }: Measured): LineTest {
  const weak = loss >= lossTooHigh || gap >= gapTooHigh || rttMs >= rttTooLong;
  return { kind: weak ? "weak" : "good", relayed: isRelayed(path) };
}

/** waysOf lists what a firewall may open for the call, for whoever looks after the network: the server's own addresses, then its relay. */
export function waysOf(answer: string, relays: readonly string[]): string[] {
  const own = [...answer.matchAll(/^a=candidate:\S+ \d+ (udp|tcp) \d+ (\S+) (\d+)/gim)]
    .filter(([, , , port]) => port !== "9") // stands for no port at all (RFC 6544 section 4.5)
    .map(([, protocol = "", host = "", port = ""]) => `${protocol.toUpperCase()} ${host.includes(":") ? `[${host}]` : host}:${port}`);
  const relayed = relays.flatMap((url) => {
    const [, scheme, host, port, transport] = /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/.exec(url) ?? [];
    if (!scheme || !host) return [];
    const secure = scheme === "turns";
    return [`${secure ? "TLS" : (transport ?? "udp").toUpperCase()} ${host}:${port ?? (secure ? "5349" : "3478")}`];
  });
  return [...new Set([...own, ...relayed])];
}

type Entry = Record<string, unknown>;

/** lossIn is the share of the test sound that was lost, on the way there or back, whichever is worse. */
export function lossIn(stats: readonly unknown[]): number {
  const entries = stats.filter((entry): entry is Entry => typeof entry === "object" && entry !== null);
  const back = entries.find((entry) => entry["type"] === "inbound-rtp");
  const [lost, got] = [Math.max(0, Number(back?.["packetsLost"] ?? 0)), Number(back?.["packetsReceived"] ?? 0)];
  const there = Number(entries.find((entry) => entry["type"] === "remote-inbound-rtp")?.["fractionLost"] ?? 0);
  return Math.max(there, lost + got > 0 ? lost / (lost + got) : 0);
}
