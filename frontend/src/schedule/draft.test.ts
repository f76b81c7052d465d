import { describe, expect, it } from "vitest";
import { bodyOf, castOf, choices, guestsOf, mistakeIn, readyToBook, withGuest, withPerson, type Draft } from "./draft";
import { parseRequest, type Suggestion } from "./finder";
import { roleOf, staffSeats, unfillable, type Seat } from "./seats";
import type { Standing, Standings } from "./standing";

const seat = (id: string, need: string, candidates: string[], more: Partial<Seat> = {}): Seat => ({
  id, need, candidates: candidates.map((c) => ({ id: c, name: c })), objected: false, role_units: [], roles: [{ role: id, unit: "u" }], state: "open", ...more,
});

const seats = [
  seat("patient", "offered", [], { guest: "patient", roles: [] }),
  seat("physio", "optional", ["eirik"]),
  seat("palliative", "optional", ["hilde", "randi"]),
  seat("gp", "required", ["ida", "per"]),
  seat("receiver", "required", ["kari", "ida"]),
  seat("allocation", "optional", ["astrid"], { objected: true }),
  seat("on-call", "informed", ["per"]),
];

const suggestion = {
  start: "2026-11-27T12:10:00Z", end: "2026-11-27T12:30:00Z", cast: { gp: ["ida"], receiver: ["kari"] }, want_met: ["physio", "palliative"],
  want_missed: [], missing: [], unknown: [], because: [],
} satisfies Suggestion;

const standings = (of: Record<string, Standing["kind"]>): Standings =>
  new Map(Object.entries(of).map(([id, kind]) => [id, kind === "can" ? { kind } : { kind, why: "busy_until" }]));

const draft: Draft = { cast: { gp: "ida", receiver: "kari" }, guests: guestsOf(seats, (s) => s.guest ?? "", "nb") };

describe("staffSeats", () => {
  it("leaves out guests, refused and informed seats and puts required first", () => {
    expect(staffSeats(seats).map((s) => s.id)).toEqual(["gp", "receiver", "physio", "palliative"]);
  });
  it("unfillable are required seats without anybody", () => {
    expect(unfillable([seat("gp", "required", []), seat("physio", "optional", [])]).map((s) => s.id)).toEqual(["gp"]);
  });
});

describe("roleOf", () => {
  const person = { id: "p", name: "P", calendar: { state: "fresh" as const }, ask: [], languages: [], hours: [], phone_hours: [], duty: [], roles: [{ role: "duty_doctor", unit: "duty" }, { role: "deputy_gp", unit: "nord" }], units: [] };
  it("is the seat's first role that the person has", () => {
    expect(roleOf({ roles: [{ role: "gp", unit: "nord" }, { role: "deputy_gp", unit: "nord" }] }, person)?.role).toBe("deputy_gp");
  });
  it("is the person's first for a seat of named people", () => { expect(roleOf({ roles: null }, person)?.role).toBe("duty_doctor"); });
});

describe("castOf", () => {
  it("takes the suggestion's cast and the only candidate of a wanted seat", () => {
    expect(castOf(seats, suggestion, undefined)).toEqual({ gp: "ida", receiver: "kari", physio: "eirik" });
  });
  it("fills a wanted seat with somebody who surely can", () => {
    expect(castOf(seats, suggestion, standings({ hilde: "doubtful", randi: "can", eirik: "can" }))).toMatchObject({ palliative: "randi", physio: "eirik" });
  });
  it("leaves a wanted seat empty that the suggestion could not fill", () => {
    expect(castOf(seats, { ...suggestion, want_met: [] }, standings({ hilde: "can", eirik: "can" }))).toEqual({ gp: "ida", receiver: "kari" });
  });
  it("never puts one person into two seats", () => {
    const twice = [seat("gp", "required", ["ida"]), seat("second", "optional", ["ida"])];
    expect(castOf(twice, { ...suggestion, cast: { gp: ["ida"] }, want_met: ["second"] }, standings({ ida: "can" }))).toEqual({ gp: "ida" });
  });
});

describe("choices", () => {
  const gp = seats[3] as Seat;
  const receiver = seats[4] as Seat;
  it("are who sits there and who can come", () => { expect(choices(gp, draft, standings({ ida: "can", per: "doubtful" }))).toEqual(["ida", "per"]); });
  it("leave out who cannot, but not who sits there", () => { expect(choices(gp, draft, standings({ ida: "cannot", per: "cannot" }))).toEqual(["ida"]); });
  it("leave out who sits elsewhere", () => { expect(choices(receiver, draft, standings({ kari: "can", ida: "can" }))).toEqual(["kari"]); });
  it("are only the present one while nothing is known", () => { expect(choices(gp, draft, undefined)).toEqual(["ida"]); });
});

describe("guests", () => {
  it("are offered a seat from the start only where the meeting needs them", () => {
    const guests = guestsOf([...seats, seat("interpreter", "required", [], { guest: "interpreter" })], (s) => s.guest ?? "", "en");
    expect(guests.patient).toEqual({ on: false, name: "patient", email: "", language: "en" });
    expect(guests.interpreter?.on).toBe(true);
  });
  it("need a name and at most one whole address", () => {
    const guest = { on: true, name: "Daughter", email: "", language: "en" as const };
    expect(mistakeIn(guest)).toBeNull();
    expect(mistakeIn({ ...guest, name: " " })).toBe("name");
    expect(mistakeIn({ ...guest, email: "daughter@kin" })).toBe("email");
    expect(mistakeIn({ ...guest, email: " daughter@kin.example " })).toBeNull();
    expect(mistakeIn({ ...guest, on: false, name: "" })).toBeNull();
  });
});

describe("bodyOf", () => {
  const find = parseRequest({ duration_min: 30, tz: "Europe/Oslo", window: { from: "2026-11-27T11:45:00Z", to: "2026-11-27T13:30:00Z" }, need: [{ id: "gp", any_of: ["ida"] }] });
  const body = (d: Draft, of = seats) => bodyOf({ id: "c_1", revision: 7, seats: of }, suggestion, d, find);
  it("names case, revision, start, length, cast and the search it came from", () => {
    expect(body(draft)).toEqual({
      case: "c_1", revision: 7, start: suggestion.start, duration_min: 30, cast: [{ seat: "gp", person: "ida" }, { seat: "receiver", person: "kari" }], guests: [], find,
    });
  });
  it("invites ticked guests, without an address when there is none", () => {
    const on = withGuest(draft, "patient", { on: true, name: " Daughter " });
    expect(body(on).guests).toEqual([{ seat: "patient", name: "Daughter", language: "nb" }]);
    expect(body(withGuest(on, "patient", { email: "d@kin.example" })).guests).toEqual([{ seat: "patient", name: "Daughter", language: "nb", email: "d@kin.example" }]);
  });
  it("leaves out a seat that the patient has come to refuse", () => {
    expect(body(draft, seats.map((s) => (s.id === "gp" ? { ...s, objected: true } : s))).cast).toEqual([{ seat: "receiver", person: "kari" }]);
  });
  it("is ready only with somebody in it", () => {
    expect(readyToBook(draft)).toBe(true);
    expect(readyToBook({ ...draft, cast: {} })).toBe(false);
    expect(readyToBook(withGuest(draft, "patient", { on: true, name: "" }))).toBe(false);
  });
  it("forgets whom a seat gave up", () => { expect(withPerson(draft, "gp", null).cast).toEqual({ receiver: "kari" }); });
});
