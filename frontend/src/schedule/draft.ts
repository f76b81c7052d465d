import type { Schemas } from "../api/client";
import type { FindRequest, Suggestion } from "./finder";
import { guestSeats, staffSeats, type Seat } from "./seats";
import type { Standings } from "./standing";

export type NewConference = Schemas["NewConference"];

/** GuestDraft is a guest's seat in the dialog. */
export type GuestDraft = { on: boolean; name: string; email: string; language: "nb" | "en" };

/** Draft is a meeting before it is booked. */
export type Draft = {
  /** By seat: who fills it. A seat that is not here stays empty. */
  cast: Readonly<Record<string, string>>;
  guests: Readonly<Record<string, GuestDraft>>;
};

/** castOf takes the cast of a suggestion and, for the optional seats that can be filled then, whoever surely can. */
export function castOf(seats: readonly Seat[], suggestion: Suggestion, standings: Standings | undefined): Record<string, string> {
  const cast: Record<string, string> = {};
  for (const seat of staffSeats(seats)) {
    const person = suggestion.cast[seat.id]?.[0];
    if (person) cast[seat.id] = person;
  }
  for (const seat of staffSeats(seats)) {
    if (cast[seat.id] || !suggestion.want_met.includes(seat.id)) continue;
    const candidates = (seat.candidates ?? []).map((p) => p.id);
    const free = candidates.filter((id) => !Object.values(cast).includes(id));
    const able = standings ? free.find((id) => standings.get(id)?.kind === "can") : candidates.length === 1 ? free[0] : undefined;
    if (able) cast[seat.id] = able;
  }
  return cast;
}

/** guestsOf: a guest without whom the meeting cannot be held is offered a seat from the beginning, the others when somebody says so. */
export function guestsOf(seats: readonly Seat[], nameOf: (seat: Seat) => string, language: "nb" | "en"): Record<string, GuestDraft> {
  return Object.fromEntries(guestSeats(seats).map((seat) => [seat.id, { on: seat.need === "required", name: nameOf(seat), email: "", language }]));
}

/** choices are the people who may take a seat in this draft: candidates who can or might, and are in no other seat. */
export function choices(seat: Seat, draft: Draft, standings: Standings | undefined): string[] {
  const own = draft.cast[seat.id];
  const elsewhere = new Set(Object.entries(draft.cast).filter(([id]) => id !== seat.id).map(([, person]) => person));
  const rank = (id: string) => (standings?.get(id)?.kind === "can" ? 0 : 1);
  return (seat.candidates ?? []).map((p) => p.id)
    .filter((id) => !elsewhere.has(id) && (id === own || (standings !== undefined && standings.get(id)?.kind !== "cannot" && standings.has(id))))
    .sort((a, b) => rank(a) - rank(b));
}

export function withPerson(draft: Draft, seat: string, person: string | null): Draft {
  const others = Object.entries(draft.cast).filter(([id]) => id !== seat);
  return { ...draft, cast: Object.fromEntries(person ? [...others, [seat, person]] : others) };
}

export function withGuest(draft: Draft, seat: string, change: Partial<GuestDraft>): Draft {
  const guest = draft.guests[seat];
  return guest ? { ...draft, guests: { ...draft.guests, [seat]: { ...guest, ...change } } } : draft;
}

/** Mistake is what has to be put right before a guest can be invited. */
export type Mistake = "name" | "email";

export function mistakeIn(guest: GuestDraft): Mistake | null {
  if (!guest.on) return null;
  if (guest.name.trim() === "") return "name";
  const email = guest.email.trim();
  return email !== "" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? "email" : null;
}

/** readyToBook: somebody comes, and every guest who is invited has a name and at most one whole address. */
export function readyToBook(draft: Draft): boolean {
  return Object.keys(draft.cast).length > 0 && Object.values(draft.guests).every((guest) => mistakeIn(guest) === null);
}

/** bodyOf is the request that books the draft; hold is the caller's, which the booking confirms. Seats that the case no longer has, or the patient refuses, are left out. */
export function bodyOf(of: { id: string; revision: number; seats: readonly Seat[] }, slot: { start: string }, draft: Draft, find: FindRequest, hold?: string): NewConference {
  const cast = staffSeats(of.seats).flatMap((seat) => {
    const person = draft.cast[seat.id];
    return person ? [{ seat: seat.id, person }] : [];
  });
  const guests = guestSeats(of.seats).flatMap((seat) => {
    const guest = draft.guests[seat.id];
    if (!guest?.on) return [];
    const email = guest.email.trim();
    return [{ seat: seat.id, name: guest.name.trim(), language: guest.language, ...(email ? { email } : {}) }];
  });
  return { case: of.id, revision: of.revision, start: slot.start, duration_min: find.duration_min, cast, guests, find, ...(hold ? { hold } : {}) };
}
