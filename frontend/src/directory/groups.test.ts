import { describe, expect, it } from "vitest";
import { homeOf, houseOf, housesOf } from "./groups";
import type { Person, Unit, Wanted } from "./search";

const units: Unit[] = [
  { id: "hospital", name: "Havnes sykehus", kind: "hospital" },
  { id: "ward", name: "Med A", kind: "ward", parent: "hospital" },
  { id: "team", name: "Palliativt team", kind: "team", parent: "hospital" },
  { id: "b", name: "Birkenes", kind: "municipality" },
  { id: "b-gp", name: "Legekontoret", kind: "gp_office", parent: "b" },
  { id: "a", name: "Aure", kind: "municipality" },
  { id: "a-gp", name: "Legekontoret", kind: "gp_office", parent: "a" },
];

function person(name: string, ...roles: [string, string][]): Person {
  const held = roles.map(([role, unit]) => ({ role, unit }));
  const at = held.map(({ unit }) => {
    const u = units.find((x) => x.id === unit);
    return { id: unit, name: u?.name ?? unit, kind: u?.kind ?? "" };
  });
  return { id: name, name, roles: held, units: at, calendar: { state: "none" }, ask: [], duty: [], hours: [], languages: [], phone_hours: [] };
}

const any: Wanted = { text: "", house: "", role: "" };

it("houseOf climbs to the top, and stays with what it does not know", () => {
  expect(houseOf("ward", units)).toBe("hospital");
  expect(houseOf("hospital", units)).toBe("hospital");
  expect(houseOf("gone", units)).toBe("gone");
  expect(houseOf("x", [{ id: "x", name: "X", kind: "team", parent: "y" }, { id: "y", name: "Y", kind: "team", parent: "x" }])).toBe("x");
});

describe("homeOf", () => {
  const both = person("Ada", ["consultant", "team"], ["gp", "b-gp"]);
  it("is the first role", () => { expect(homeOf(both, any, units)).toMatchObject({ house: "Havnes sykehus", unit: "Palliativt team", role: "consultant" }); });
  it("is the role that is looked for", () => {
    expect(homeOf(both, { house: "b", role: "" }, units)).toMatchObject({ house: "Birkenes", role: "gp" });
    expect(homeOf(both, { house: "", role: "gp" }, units)).toMatchObject({ house: "Birkenes", unitId: "b-gp" });
  });
  it("is nowhere without a role", () => { expect(homeOf(person("Bo"), any, units)).toBeNull(); });
});

describe("housesOf", () => {
  const people = [person("Bo", ["gp", "b-gp"]), person("Cy", ["gp", "a-gp"]), person("Di", ["consultant", "team"]), person("Ed", ["nurse", "ward"]), person("Fa", ["nurse", "ward"]), person("Gi")];
  const names = (own: string[]) => housesOf(people, any, units, own, "nb").map((h) => [h.name, ...h.teams.map((t) => `${t.unit}: ${t.people.map((p) => p.person.name).join(" ")}`)]);
  it("puts hospitals first, units as the region lists them, nowhere last", () => {
    expect(names([])).toEqual([["Havnes sykehus", "Med A: Ed Fa", "Palliativt team: Di"], ["Aure", "Legekontoret: Cy"], ["Birkenes", "Legekontoret: Bo"], ["", ": Gi"]]);
  });
  it("puts the reader's own house before them", () => {
    expect(names(["b-gp"]).map(([house]) => house)).toEqual(["Birkenes", "Havnes sykehus", "Aure", ""]);
  });
});
