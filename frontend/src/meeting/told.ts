import { wasAsked, type Participant } from "./standing";

/** Told is who hears of a change by e-mail, and who must hear of it from somebody, by name. */
export type Told = { mailed: string[]; untold: string[] };

/** toldOf: whoever was asked is told where an e-mail is known. Seats that are closed and people added by hand are told nothing. */
export function toldOf(people: readonly Participant[]): Told {
  const asked = people.filter(wasAsked);
  return { mailed: asked.filter((p) => p.mail !== "none").map((p) => p.name), untold: asked.filter((p) => p.mail === "none").map((p) => p.name) };
}
