import type { Schemas } from "../api/client";

export type Seat = Schemas["SeatView"];
export type CaseDetail = Schemas["CaseDetail"];
export type People = CaseDetail["people"];

/** seatName is what a seat is called: a guest's word or its first role's. */
export function seatName(seat: Pick<Seat, "guest" | "roles" | "id">): { group: "guest" | "role"; code: string } {
  if (seat.guest) return { group: "guest", code: seat.guest };
  return { group: "role", code: seat.roles?.[0]?.role ?? seat.id };
}

/** roleOf is the role in which somebody fills a seat, as the server decides it: the seat's first that the person has. */
export function roleOf(seat: Pick<Seat, "roles"> | undefined, person: People[string] | undefined): { role: string; unit: string } | null {
  const held = person?.roles ?? [];
  for (const wanted of seat?.roles ?? []) {
    const i = held.findIndex((r) => r.role === wanted.role && r.unit === wanted.unit);
    const found = held[i];
    if (found) return { role: found.role, unit: person?.units?.[i]?.name ?? "" };
  }
  const first = held[0];
  return first ? { role: first.role, unit: person?.units?.[0]?.name ?? "" } : null;
}

/** isDeputy: a role that stands in for another. */
export function isDeputy(role: string | undefined): boolean {
  return role?.startsWith("deputy_") ?? false;
}

/** staffSeats are those that people of the region fill in a meeting, required ones first. Whom the patient refuses and who is only informed does not sit there. */
export function staffSeats(seats: readonly Seat[]): Seat[] {
  const sitting = seats.filter((s) => !s.guest && !s.objected && (s.need === "required" || s.need === "optional"));
  return [...sitting.filter((s) => s.need === "required"), ...sitting.filter((s) => s.need === "optional")];
}

/** guestSeats are those that a personal link fills. */
export function guestSeats(seats: readonly Seat[]): Seat[] {
  return seats.filter((s) => s.guest && !s.objected);
}

/** unfillable are the required seats for which the region has nobody: no search can help there. */
export function unfillable(seats: readonly Seat[]): Seat[] {
  return staffSeats(seats).filter((s) => s.need === "required" && (s.candidates ?? []).length === 0);
}
