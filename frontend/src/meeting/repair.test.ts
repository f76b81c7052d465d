import { describe, expect, it } from "vitest";
import { deputiesIn, keepsPeople, movesOf, pinned, type Request } from "./repair";
import type { Participant } from "./standing";
import { toldOf } from "./told";

const ref = (id: string) => ({ id, name: id.toUpperCase() });
const seats = [{ id: "gp", person: ref("ida") }, { id: "nurse", person: ref("hilde") }, { id: "physio", person: ref("eirik") }, { id: "ot" }];
const find: Request = {
  duration_min: 20, tz: "Europe/Oslo", window: { from: "2026-11-27T11:45:00Z", to: "2026-11-27T13:30:00Z" },
  need: [{ id: "gp", any_of: ["ida", "per"], prefer: ["per"], substitute: { any_of: ["vik"], cost: 1 } }, { id: "nurse", any_of: ["hilde"], until_min: 10 }, { id: "empty", any_of: ["x"] }],
  want: [{ id: "physio", any_of: ["eirik", "jon"], weight: 20 }, { id: "ot", any_of: ["lise"], weight: 20 }],
};

describe("pinned", () => {
  it("asks exactly those who sit in the meeting, wanted or needed", () => {
    const request = pinned(find, seats);
    expect(request.need).toEqual([{ id: "gp", any_of: ["ida"] }, { id: "nurse", any_of: ["hilde"], until_min: 10 }, { id: "physio", any_of: ["eirik"] }]);
    expect(request.want).toEqual([]);
    expect(request.window).toEqual(find.window);
  });
});

describe("keepsPeople", () => {
  it("refuses other people and seats that nobody has", () => {
    expect(keepsPeople({ cast: { gp: ["ida"], nurse: ["hilde"] } }, seats)).toBe(true);
    expect(keepsPeople({ cast: { gp: ["per"], nurse: ["hilde"] } }, seats)).toBe(false);
    expect(keepsPeople({ cast: { ot: ["lise"] } }, seats)).toBe(false);
  });
});

describe("movesOf", () => {
  const move = (clock: string) => ({ start: `2026-11-27T${clock}:00Z`, end: `2026-11-27T${clock}:30Z` });
  it("joins, sorts, and leaves out the time that the meeting has", () => {
    expect(movesOf("2026-11-27T12:00:00Z", [move("13:00"), move("12:00")], undefined, [move("12:30"), { ...move("13:00"), start: "2026-11-27T14:00:00+01:00" }]).map((m) => Date.parse(m.start)))
      .toEqual([Date.parse("2026-11-27T12:30:00Z"), Date.parse("2026-11-27T13:00:00Z")]);
  });
});

describe("deputiesIn", () => {
  const person = (id: string, can: boolean, why = "free") => ({ person: id, can, why, chosen: false });
  const verdict = { start: "", end: "", feasible: false, on_grid: true, rules: [], cast: {}, unknown: [], needs: [{ id: "gp", k: 1, met: true, people: [person("ida", false, "busy_until"), person("vik", false, "held"), person("per", true)] }], wants: [{ id: "ot", k: 1, met: false, people: null }] };
  it("puts those who can first, and nobody who sits in the meeting", () => {
    expect(deputiesIn(verdict, "gp", ["ida", "hilde"], { per: ref("per") }).map((d) => [d.person.name, d.can, d.why])).toEqual([["PER", true, "free"], ["vik", false, "held"]]);
  });
  it("finds optional seats too, and nobody where there is nobody", () => {
    expect(deputiesIn(verdict, "ot", [], {})).toEqual([]);
    expect(deputiesIn(verdict, "none", [], {})).toEqual([]);
  });
});

describe("toldOf", () => {
  const p = (name: string, more: Partial<Participant> = {}): Participant => ({ key: name, seat: "s", need: "required", name, reply: "accepted", host: false, you: false, visitor: false, link_used: false, revoked: false, mail: "sent", ...more });
  it("mails whoever was asked and can be, also those who declined", () => {
    expect(toldOf([p("Ida"), p("Per", { reply: "declined" }), p("Daughter", { mail: "none" }), p("Gone", { revoked: true }), p("Phone", { by_hand: "phone" }), p("Knocked", { visitor: true })]))
      .toEqual({ mailed: ["Ida", "Per"], untold: ["Daughter"] });
  });
});
