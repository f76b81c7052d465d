import type { Schemas } from "../api/client";
import type { Consult } from "./queries";

type Ring = Schemas["RingView"];

/** Phase is what the caller's page shows. */
export type Phase =
  | { kind: "ringing"; rung: Ring[]; over: Ring[] }
  | { kind: "door"; ring: Ring } // the knock lies there as a silent card
  | { kind: "practice" }
  | { kind: "promised"; by: string; at: Date }
  | { kind: "connected"; by: string }
  | { kind: "missed"; tried: boolean; declined: boolean; over: Ring[] }
  | { kind: "cancelled" }
  | { kind: "ended" };

/** phaseOf reads a consult. A ring that has just ended is shown as over until the next begins. */
export function phaseOf(consult: Consult): Phase {
  const rings = consult.rings ?? [];
  const rung = rings.filter((r) => r.outcome === "ringing");
  const over = rings.filter((r) => r.outcome !== "ringing");
  switch (consult.state) {
    case "ringing": {
      if (consult.kind === "practice") return { kind: "practice" };
      const [first] = rung;
      if (consult.kind === "knock" && first?.soft) return { kind: "door", ring: first };
      return { kind: "ringing", rung, over };
    }
    case "promised":
      return { kind: "promised", by: consult.promise?.by.name ?? "", at: new Date(consult.promise?.at ?? consult.at) };
    case "connected":
      return { kind: "connected", by: consult.taken_by?.name ?? "" };
    case "missed":
      return { kind: "missed", tried: !over.every(passedOver), declined: over.at(-1)?.outcome === "declined", over };
    case "cancelled":
      return { kind: "cancelled" };
    case "ended":
      return { kind: "ended" };
  }
}

/** Outcomes of those who were passed over. */
const neverRang = new Set<Ring["outcome"]>(["in_talk", "engaged", "quiet", "no_device"]);

export function passedOver(ring: Pick<Ring, "outcome">): boolean {
  return neverRang.has(ring.outcome);
}

/** opensCall: the page goes to the call by itself, for the caller and for whoever took it. Practice has no call. */
export function opensCall(consult: Consult): boolean {
  return consult.state === "connected" && consult.kind !== "practice" && (consult.you === "caller" || consult.you === "taker");
}

/** Ahead is what happens if nobody answers. */
export type Ahead = { kind: "deputy"; role: string; unit: Schemas["UnitRef"] } | { kind: "next" };

/** aheadOf: the deputy's turn comes once; after it, and in a knock, comes the next step. */
export function aheadOf(consult: Pick<Consult, "kind" | "stage">, deputy: Schemas["DutyDeputy"] | undefined): Ahead[] {
  const list: Ahead[] = [];
  if (consult.kind === "specialist" && consult.stage === 0 && deputy && deputy.on_duty > 0) list.push({ kind: "deputy", role: deputy.role, unit: deputy.unit });
  list.push({ kind: "next" });
  return list;
}

/** leftUntil counts down in minutes and seconds; zero when the time has come. */
export function leftUntil(at: Date, now: number): { minutes: number; seconds: string; due: boolean } {
  const left = Math.max(0, Math.ceil((at.getTime() - now) / 1000));
  return { minutes: Math.floor(left / 60), seconds: String(left % 60).padStart(2, "0"), due: left === 0 };
}

/** secondsSince a ring began, never before. */
export function secondsSince(at: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(at)) / 1000));
}

/** callingAddress is where a call opens without its check: whoever was rung has no time for one. */
export function callingAddress(conference: string): string {
  return `/call/${encodeURIComponent(conference)}#now`;
}
