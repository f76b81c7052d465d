/** Who is who by house and unit. Pure. */
import type { Person, Unit, Wanted } from "./search";

/** Home is where somebody is listed, and as what. */
export type Home = { house: string; houseKind: string; unit: string; unitId: string; role: string };

/** Team are the people of one unit. */
export type Team = { unit: string; people: { person: Person; home: Home }[] };

/** House is a hospital or municipality with its units. */
export type House = { name: string; teams: Team[] };

/** houseOf is the hospital or municipality above a unit. Its own id where nothing is above it, or the list is not here yet. */
export function houseOf(unit: string, units: readonly Unit[]): string {
  let id = unit;
  for (let i = 0; i < 8; i++) { // deeper trees do not exist; guards against a circle
    const parent = units.find((u) => u.id === id)?.parent;
    if (!parent) return id;
    id = parent;
  }
  return id;
}

/** homeOf is the first role of a person that fits what is wanted: nobody is listed twice. */
export function homeOf(person: Person, { house, role }: Pick<Wanted, "house" | "role">, units: readonly Unit[]): Home | null {
  const places = (person.roles ?? []).map((held, i) => ({ held, at: person.units?.[i] }));
  const fits = places.filter(({ held }) => (!house || houseOf(held.unit, units) === house) && (!role || held.role === role));
  const [first] = fits.length > 0 ? fits : places;
  if (!first) return null;
  const top = units.find((u) => u.id === houseOf(first.held.unit, units));
  const unit = first.at?.name ?? first.held.unit;
  return { house: top?.name ?? first.at?.organization ?? unit, houseKind: top?.kind ?? "", unit, unitId: first.held.unit, role: first.held.role };
}

/**
 * housesOf groups people: the reader's own house first, then hospitals, then the rest by name; units in the order in which the
 * region lists them; people as they come. Who has no role stands last, under no name.
 */
export function housesOf(people: readonly Person[], wanted: Wanted, units: readonly Unit[], own: readonly string[], language: string): House[] {
  const order = new Map(units.map((u, i) => [u.id, i]));
  const mine = new Set(own.map((unit) => units.find((u) => u.id === houseOf(unit, units))?.name));
  const homes = people.map((person) => ({ person, home: homeOf(person, wanted, units) ?? nowhere }));
  const rank = ({ house, houseKind }: Home) => (house === "" ? 3 : mine.has(house) ? 0 : houseKind === "hospital" ? 1 : 2);
  const sorted = homes.map((h, i) => ({ ...h, i })).sort((a, b) =>
    rank(a.home) - rank(b.home) || a.home.house.localeCompare(b.home.house, language)
    || (order.get(a.home.unitId) ?? 0) - (order.get(b.home.unitId) ?? 0) || a.i - b.i);
  const houses: House[] = [];
  for (const { person, home } of sorted) {
    let house = houses.at(-1);
    if (house?.name !== home.house) houses.push(house = { name: home.house, teams: [] });
    let team = house.teams.at(-1);
    if (team?.unit !== home.unit) house.teams.push(team = { unit: home.unit, people: [] });
    team.people.push({ person, home });
  }
  return houses;
}

const nowhere: Home = { house: "", houseKind: "", unit: "", unitId: "", role: "" };
