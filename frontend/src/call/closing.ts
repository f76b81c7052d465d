import type { EndedBy } from "./state";

/** Closing is what a close code asks of this page; see the table in signaling/PROTOCOL.md. */
export type Closing = { kind: "retry" } | { kind: "left" } | { kind: "ended"; by: EndedBy };

export function closingOf(code: number): Closing {
  switch (code) {
    case 1000:
      return { kind: "left" };
    case 1008: // not this protocol
    case 1009: // too big
      return { kind: "ended", by: "failed" };
    case 4001:
      return { kind: "ended", by: "signed_out" };
    case 4003:
      return { kind: "ended", by: "removed" };
    case 4004:
      return { kind: "ended", by: "ended" };
    case 4005:
      return { kind: "ended", by: "refused" };
    case 4009:
      return { kind: "ended", by: "replaced" };
    case 4011:
      return { kind: "ended", by: "old_page" };
    case 4013:
      return { kind: "ended", by: "full" };
    default:
      return { kind: "retry" };
  }
}
