import type { Schemas } from "../api/client";
import { listed, nameOf, roleWords, seatWord, upperFirst, whyWords, type Speech } from "./wording";

/** What one start looks like, seat by seat: the answer of find/why, and its words. */

export type PersonVerdict = Schemas["PersonVerdict"];
export type SeatVerdict = { id: string; met: boolean; needed: boolean; people: readonly PersonVerdict[] };
export type Verdict = { start: string; end: string; feasible: boolean; rules: readonly string[]; seats: readonly SeatVerdict[]; unknown: readonly string[] };

/** verdictOf reads the server's answer: needed seats first, then those that would be good to have. */
export function verdictOf(answer: Schemas["Verdict"]): Verdict {
  const seat = (needed: boolean) => ({ id, met, people }: Schemas["NeedVerdict"]): SeatVerdict => ({ id, met, needed, people: people ?? [] });
  return {
    start: answer.start, end: answer.end, feasible: answer.feasible, rules: answer.rules ?? [], unknown: answer.unknown ?? [],
    seats: [...(answer.needs ?? []).map(seat(true)), ...(answer.wants ?? []).map(seat(false))],
  };
}

/** Most people named of a seat that nobody can fill. */
const mostNamed = 3;

/** Causes that mean: could come. */
const able = new Set(["free", "passed_over", "seated"]);

/** SeatLine is a seat at one start in words. doubt: it is filled, and something speaks against it. */
export type SeatLine = { id: string; seat: string; mark: "ok" | "doubt" | "missing" | "optional"; text: string };

/** seatLine says who would fill a seat, or why nobody can: "Per Strand, deputy; Ida Nilsen is busy until 14:00". */
export function seatLine(verdict: SeatVerdict, start: string, unknown: readonly string[], speech: Speech): SeatLine {
  const seat = upperFirst(seatWord(verdict.id, speech));
  const why = (p: PersonVerdict) => `${nameOf(p.person, speech)} ${whyWords(p, start, speech)}`;
  const chosen = verdict.people.filter((p) => p.chosen);
  if (verdict.met && chosen.length > 0) {
    const doubtful = chosen.filter((p) => unknown.includes(p.person) || !able.has(p.why));
    const coming = chosen.map((p) => {
      if (doubtful.includes(p)) return unknown.includes(p.person) ? `${nameOf(p.person, speech)} ${speech.say("why", "unknown")}` : why(p);
      const { role, deputy } = roleWords(verdict.id, p.person, speech);
      return deputy || p.stand_in ? `${nameOf(p.person, speech)}, ${deputy ? role : speech.say("grid", "stand_in")}` : nameOf(p.person, speech);
    });
    const instead = chosen.some((p) => p.stand_in || roleWords(verdict.id, p.person, speech).deputy) ? verdict.people.filter((p) => !p.can && !p.chosen).slice(0, 1).map(why) : [];
    return { id: verdict.id, seat, mark: doubtful.length > 0 ? "doubt" : "ok", text: [...coming, ...instead].join("; ") };
  }
  if (verdict.met) return { id: verdict.id, seat, mark: "ok", text: canWords(verdict.people.filter((p) => p.can), speech) };
  const named = verdict.people.slice(0, mostNamed).map(why);
  const more = verdict.people.length - named.length;
  const text = named.length === 0 ? speech.say("grid", "nobody") : [...named, ...(more > 0 ? [speech.say("grid", "more", { count: more })] : [])].join("; ");
  return { id: verdict.id, seat, mark: verdict.needed ? "missing" : "optional", text };
}

/** canWords names those who could come while nobody has been chosen, or counts them. */
function canWords(people: readonly PersonVerdict[], speech: Speech): string {
  if (people.length > 2 || people.length === 0) return speech.say("grid", "can", { count: people.length });
  return speech.say("grid", "can_names", { names: listed(people.map((p) => nameOf(p.person, speech)), speech.language) });
}

/** verdictLines are all seats of a start, those that refuse it first, then those in doubt. */
export function verdictLines(verdict: Verdict, speech: Speech): SeatLine[] {
  const rank = { missing: 0, doubt: 1, ok: 2, optional: 3 };
  return verdict.seats.map((s) => seatLine(s, verdict.start, verdict.unknown, speech)).sort((a, b) => rank[a.mark] - rank[b.mark]);
}

/** verdictSentence is the whole of it for somebody who hears the page: what refuses, or that it works. */
export function verdictSentence(verdict: Verdict, speech: Speech): string {
  const rules = verdict.rules.map((rule) => speech.say("rule", rule));
  const missing = verdictLines(verdict, speech).filter((line) => line.mark === "missing").map((line) => `${line.seat}: ${line.text}`);
  const against = [...rules, ...missing];
  return against.length > 0 ? `${speech.say("grid", "works_not")}. ${against.join(". ")}` : speech.say("grid", "works");
}
