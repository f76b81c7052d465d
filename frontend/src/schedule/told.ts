import { guestSeats, staffSeats, type CaseDetail } from "./seats";
import type { Draft } from "./draft";

/** Told is who hears of a booking by e-mail, and who must hear of it from somebody. */
export type Told = { mailed: string[]; untold: string[] };

/** toldOf goes through the seats in the order of the case. Guests without an address get their link by hand. */
export function toldOf(draft: Draft, detail: Pick<CaseDetail, "seats" | "people">): Told {
  const told: Told = { mailed: [], untold: [] };
  const seats = detail.seats ?? [];
  for (const seat of staffSeats(seats)) {
    const id = draft.cast[seat.id];
    if (!id) continue;
    const person = detail.people[id];
    (person?.email ? told.mailed : told.untold).push(person?.name ?? id);
  }
  for (const seat of guestSeats(seats)) {
    const guest = draft.guests[seat.id];
    if (guest?.on) (guest.email.trim() === "" ? told.untold : told.mailed).push(guest.name.trim());
  }
  return { mailed: [...new Set(told.mailed)], untold: [...new Set(told.untold)] };
}
