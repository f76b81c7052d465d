import type { Schemas } from "../api/client";

export type Person = Schemas["Person"];

/** How many roles a search may mean at once; each costs the server a look. */
const mostRoles = 5;

/**
 * searchesFor turns what somebody wrote into what the server understands. It searches names, titles, units and the codes of
 * roles; people write the roles' words, in their language. words gives the word for each code.
 */
export function searchesFor(text: string, words: Readonly<Record<string, string>>): string[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [""];
  const roles = Object.keys(words).filter((code) => words[code]?.toLowerCase().includes(wanted));
  return [...new Set([wanted, ...roles.slice(0, mostRoles).map((code) => code.replaceAll("_", " "))])];
}

/** merge puts the answers to several searches together, each person once, by name. */
export function merge(answers: readonly (readonly Person[])[], language: string): Person[] {
  const people = new Map(answers.flat().map((p) => [p.id, p]));
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name, language));
}
