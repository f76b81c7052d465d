import type { Schemas } from "../api/client";

export type Seat = Schemas["SeatView"];

/** SeatMark is how a seat is drawn: filled, half, ring, cross, dash. */
export type SeatMark = "filled" | "half" | "open" | "declined" | "objected";

export function markOf(seat: Pick<Seat, "state" | "objected">): SeatMark {
  if (seat.objected) return "objected";
  switch (seat.state) {
    case "accepted": return "filled";
    case "invited":
    case "tentative": return "half";
    case "declined": return "declined";
    case "open": return "open";
  }
}

/** seatWord is the code of the word for a seat's state. */
export function seatWord(seat: Pick<Seat, "state" | "objected">): string {
  return seat.objected ? "objected" : seat.state;
}

/** SeatName is what a seat is called: a guest's word or its first role's. */
export function seatName(seat: Pick<Seat, "guest" | "roles" | "id">): { group: "guest" | "role"; code: string } {
  if (seat.guest) return { group: "guest", code: seat.guest };
  return { group: "role", code: seat.roles?.[0]?.role ?? seat.id };
}

const weight = { required: 0, optional: 1, offered: 2, informed: 3 } as Record<string, number>;

/** byNeed puts required seats first and keeps the template's order otherwise. */
export function byNeed<T extends { need: string }>(seats: readonly T[]): T[] {
  return [...seats].sort((a, b) => (weight[a.need] ?? 9) - (weight[b.need] ?? 9));
}
