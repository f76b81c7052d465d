import type { Schemas } from "../api/client";

export type Person = Schemas["Person"];
export type Unit = Schemas["UnitDetail"];

/** How many roles a search may mean at once; each costs the server a look. More of them are found among everybody. */
const mostRoles = 5;

/** The most people that one answer of the server names. */
export const mostPeople = 200;

/** What somebody looks for: words, a hospital or municipality, a role's code. Empty: any. */
export type Wanted = { text: string; house: string; role: string };

/**
 * searchesFor turns what somebody wants into what the server understands. It searches names, titles, units, what to ask about
 * and the codes of roles; people write the roles' words, in their language. words gives the word for each code. Of several words
 * the longest is asked for, unless all of them are a role's; matching does the rest.
 */
export function searchesFor({ text, role }: Pick<Wanted, "text" | "role">, words: Readonly<Record<string, string>>): string[] {
  if (role) return [asSearched(role)];
  const said = plain(text).trim();
  if (said === "") return [""];
  const named = (part: string) => Object.keys(words).filter((code) => plain(words[code] ?? "").includes(part));
  const whole = named(said);
  const term = whole.length > 0 ? said : (said.split(/\s+/).sort((a, b) => b.length - a.length)[0] ?? said);
  const roles = whole.length > 0 ? whole : named(term);
  return roles.length > mostRoles ? [""] : [...new Set([term, ...roles.map(asSearched)])];
}

/** merge puts the answers to several searches together, each person once, by name. */
export function merge(answers: readonly (readonly Person[])[], language: string): Person[] {
  const people = new Map(answers.flat().map((p) => [p.id, p]));
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name, language));
}

/** matching keeps those who hold the role and in whom every word is found. */
export function matching(people: readonly Person[], { text, role }: Pick<Wanted, "text" | "role">, words: Readonly<Record<string, string>>): Person[] {
  const wanted = plain(text).split(/\s+/).filter(Boolean);
  return people.filter((person) => {
    if (role && !person.roles?.some((r) => r.role === role)) return false;
    const roles = (person.roles ?? []).flatMap((r) => [words[r.role] ?? "", asSearched(r.role)]);
    const places = (person.units ?? []).flatMap((u) => [u.name, u.organization ?? ""]);
    const said = plain([person.name, person.title ?? "", ...roles, ...places, ...(person.ask ?? [])].join(" "));
    return wanted.every((word) => said.includes(word));
  });
}

/** rolesAmong are the codes of the roles that somebody holds, by their words. */
export function rolesAmong(people: readonly Person[], words: Readonly<Record<string, string>>, language: string): string[] {
  const codes = new Set(people.flatMap((p) => (p.roles ?? []).map((r) => r.role)));
  return [...codes].sort((a, b) => (words[a] ?? a).localeCompare(words[b] ?? b, language));
}

function asSearched(code: string): string {
  return code.replaceAll("_", " ");
}

function plain(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
