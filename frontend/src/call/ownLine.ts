import type { OwnLine } from "./messages";

/** What the browser's own numbers (W3C webrtc-stats) say about this machine's line. Pure. */

type Entry = Record<string, unknown>;

/** Slot is what has come of one voice until now. */
type Slot = { packets: number; samples: number; concealed: number };

/** Counts are kept from one reading to the next: only what lies between tells how the line is now. */
export type Counts = { at: number; bytes: number; slots: ReadonlyMap<string, Slot> };

export type Reading = { line: OwnLine; counts: Counts };

/** readLine: at is in milliseconds; before null at the first reading. What is not known is 0, or "" for the path. */
export function readLine(stats: readonly unknown[], at: number, before: Counts | null): Reading {
  const entries = stats.filter((entry): entry is Entry => typeof entry === "object" && entry !== null);
  const pair = selectedPair(entries);
  const voices = entries.filter((entry) => entry["type"] === "inbound-rtp" && entry["kind"] === "audio");
  const slots = new Map(voices.map((voice) => [String(voice["id"]), slotOf(voice)]));
  const bytes = count(pair, "bytesReceived");
  const seconds = before ? (at - before.at) / 1_000 : 0;
  return {
    line: {
      path: pathOf(entries.find((entry) => entry["id"] === pair?.["localCandidateId"])),
      up_kbps: Math.round(count(pair, "availableOutgoingBitrate") / 1_000),
      down_kbps: before && seconds > 0 ? Math.max(0, Math.round(((bytes - before.bytes) * 8) / 1_000 / seconds)) : 0,
      rtt_ms: Math.round(count(pair, "currentRoundTripTime") * 1_000),
      jitter_ms: Math.round(Math.max(0, ...voices.map((voice) => count(voice, "jitter"))) * 1_000),
      gap_permille: gapOf(slots, before),
    },
    counts: { at, bytes, slots },
  };
}

/** isRelayed: somebody in between passes everything on. */
export function isRelayed(path: OwnLine["path"]): boolean {
  return path.startsWith("relay");
}

function selectedPair(entries: readonly Entry[]): Entry | undefined {
  const chosen = entries.find((entry) => entry["type"] === "transport")?.["selectedCandidatePairId"];
  const pairs = entries.filter((entry) => entry["type"] === "candidate-pair");
  // Firefox has no transport; it marks the pair itself.
  return pairs.find((pair) => pair["id"] === chosen) ?? pairs.find((pair) => pair["selected"] === true) ?? pairs.find((pair) => pair["nominated"] === true && pair["state"] === "succeeded");
}

function pathOf(candidate: Entry | undefined): OwnLine["path"] {
  const protocol = candidate?.["protocol"];
  if (candidate?.["candidateType"] !== "relay") return protocol === "udp" || protocol === "tcp" ? protocol : "";
  switch (candidate["relayProtocol"]) {
    case "tcp":
      return "relay-tcp";
    case "tls":
      return "relay-tls";
    default:
      return "relay-udp";
  }
}

/** A seat that nobody sits in is concealed with silence for ever, which is no gap. */
function slotOf(voice: Entry): Slot {
  return {
    packets: count(voice, "packetsReceived"),
    samples: count(voice, "totalSamplesReceived"),
    concealed: Math.max(0, count(voice, "concealedSamples") - count(voice, "silentConcealedSamples")),
  };
}

/** gapOf is how much of what should have been heard was made up, in thousandths, of those who have said anything since. */
function gapOf(slots: ReadonlyMap<string, Slot>, before: Counts | null): number {
  if (!before) return 0;
  const total = { samples: 0, concealed: 0 };
  for (const [id, slot] of slots) {
    const was = before.slots.get(id) ?? { packets: 0, samples: 0, concealed: 0 };
    if (slot.packets <= was.packets) continue;
    total.samples += slot.samples - was.samples;
    total.concealed += slot.concealed - was.concealed;
  }
  return total.samples > 0 ? Math.min(1_000, Math.max(0, Math.round((total.concealed * 1_000) / total.samples))) : 0;
}

function count(entry: Entry | undefined, name: string): number {
  const value = entry?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
