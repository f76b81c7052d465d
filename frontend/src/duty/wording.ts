import type { Schemas } from "../api/client";
import type { Words } from "../i18n/words";
import { clock, dayOf, dayWord, type Language } from "../ui/time";
import type { Consult, DutyRole, NewConsult } from "./queries";

/** Speech is what sentences about duty and rings are made from. Pure: the clock, the zone and the language are in it. */
export type Speech = {
  /** Words of the talk namespace. */
  say: Words;
  /** Words that all features share: roles, guests. */
  word: Words;
  language: Language;
  now: Date;
  zone: string;
};

type OnDuty = Schemas["OnDutyView"];
type Reach = Schemas["Reachable"];
type Unit = Schemas["UnitRef"];

export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** listed joins words as a sentence does: "a, b and c". */
export function listed(words: readonly string[], language: Language): string {
  return new Intl.ListFormat(language === "en" ? "en-GB" : "nb-NO", { type: "conjunction" }).format(words);
}

/** momentWords: "16:00" today, else with its day: "Saturday 08:00". */
export function momentWords(at: string, { say, now, zone, language }: Speech): string {
  const date = new Date(at);
  if (dayOf(date, zone) === dayOf(now, zone)) return clock(date, zone);
  const day = dayWord(date, now, zone, language);
  return `${day.kind === "weekday" || day.kind === "date" ? day.text : say("day", day.kind)} ${clock(date, zone)}`;
}

/** reachWords: "in a talk until about 10:20". An end that has passed is not said: nobody knows the new one. */
export function reachWords(reach: Reach, speech: Speech): string {
  const known = reach.until !== undefined && Date.parse(reach.until) > speech.now.getTime();
  return known ? speech.say("reach_until", reach.state, { time: momentWords(reach.until ?? "", speech) }) : speech.say("reach", reach.state);
}

/** sourceWords: "from the duty plan, read 09:58, until 16:00". Working hours and somebody's own word have not been read anywhere. */
export function sourceWords(on: Pick<OnDuty, "source" | "until">, speech: Speech): string {
  const { source, until } = on;
  const fromCalendar = source.origin === "roster" || source.origin === "personal";
  const parts = [speech.say("source", source.origin)];
  if (source.read_at) parts.push(speech.say("source", source.stale ? "stale" : "read", { time: momentWords(source.read_at, speech) }));
  else if (fromCalendar) parts.push(speech.say("source", "never"));
  parts.push(speech.say("source", "until", { time: momentWords(until, speech) }));
  return parts.join(", ");
}

/** nextWords: "Next: Saturday 08:00 Simen Lie". */
export function nextWords(next: Schemas["DutyNext"] | undefined, speech: Speech): string {
  if (!next) return speech.say("nobody", "unknown");
  return speech.say("nobody", "next", { when: momentWords(next.start, speech), who: listed((next.people ?? []).map((p) => p.name), speech.language) });
}

/** Times are compared by the page's clock, which moves once a minute. */
const aMoment = 120_000;

/** laterOn is the next on duty when that is not now: whoever is on duty already did not answer. */
export function laterOn(next: Schemas["DutyNext"] | undefined, now: Date): Schemas["DutyNext"] | undefined {
  return next && Date.parse(next.start) - now.getTime() > aMoment ? next : undefined;
}

/** levelWords: whoever is rung first needs no word. */
export function levelWords(level: number, { say }: Speech): string {
  if (level <= 1) return "";
  return level === 2 ? say("level", "backup") : say("level", "further", { level });
}

/** placeWords: "Palliativt team, Havnes sykehus"; a unit without an organisation stands for itself. */
export function placeWords(unit: Unit | undefined): string {
  return unit ? [unit.name, unit.organization].filter(Boolean).join(", ") : "";
}

/** roleWords, as inside a sentence: "palliative consultant, Palliativt team". */
export function roleWords(role: string | undefined, unit: Unit | undefined, { word }: Speech): string {
  return [role ? word("role", role) : "", unit?.name ?? ""].filter(Boolean).join(", ");
}

export type Urgency = "today" | "hour" | "now";

/** FirstStep is what the button will do: it is said before it is pressed. */
export type FirstStep =
  | { kind: "ring"; people: string[]; together: boolean; skipped: string[]; deputy: boolean }
  | { kind: "deputy"; skipped: string[] }
  | { kind: "note"; skipped: string[] };

/** How many are rung in one role before the deputy is. */
const mostRung = 3;

/** firstStep foresees the hunt. Whoever is busy or wants quiet is rung only for "now"; whoever has no device cannot be. */
export function firstStep(role: Pick<DutyRole, "on" | "deputy">, urgency: Urgency): FirstStep {
  const others = (role.on ?? []).filter((o) => !o.you);
  const rung = others.filter((o) => o.reach.state === "free" || (urgency === "now" && o.reach.state !== "no_device"));
  const skipped = others.filter((o) => !rung.includes(o) && o.reach.state !== "no_device").map((o) => o.person.name);
  const deputy = (role.deputy?.on_duty ?? 0) > 0;
  const [first] = rung;
  if (!first) return { kind: deputy ? "deputy" : "note", skipped };
  const together = urgency === "now" && rung.filter((o) => o.level === first.level).length > 1;
  return { kind: "ring", people: rung.slice(0, mostRung).map((o) => o.person.name), together, skipped, deputy };
}

/** firstStepWords are the sentences of a first step, in order. */
export function firstStepWords(step: FirstStep, role: Pick<DutyRole, "deputy">, speech: Speech): string[] {
  const { say, language } = speech;
  const deputy = role.deputy ? roleWords(role.deputy.role, role.deputy.unit, speech) : "";
  const skipped = step.skipped.length > 0 ? [say("will", "skipped", { who: listed(step.skipped, language) })] : [];
  switch (step.kind) {
    case "ring":
      return [
        step.together
          ? say("will", "ring_all", { who: listed(step.people, language) })
          : say("will", "ring", { who: step.people.join(say("will", "then_join")) }),
        ...skipped,
        step.deputy ? say("will", "then_deputy", { deputy }) : say("will", "then_next"),
      ];
    case "deputy":
      return [say("will", "nobody_deputy", { deputy }), ...skipped];
    case "note":
      return [say("will", "nobody_note"), ...skipped];
  }
}

/** knockWords foresee a knock at one person's door. */
export function knockWords(name: string, reach: Reach | undefined, speech: Speech): string {
  switch (reach?.state) {
    case undefined: return speech.say("will", "ring", { who: name });
    case "free": return speech.say("will", "knock", { who: name });
    case "no_device": return speech.say("will", "knock_note", { who: name });
    case "in_talk":
    case "engaged":
    case "quiet": return speech.say("will", "knock_soft", { who: name, reach: reachWords(reach, speech) });
  }
}

/** soughtWords name what a consult asks for, as its caller sees it and as inside a sentence: a role or a person. */
export function soughtWords(consult: Pick<Consult, "person" | "role" | "unit">, speech: Speech): string {
  return consult.person?.name ?? roleWords(consult.role, consult.unit, speech);
}

/** callerWords: "GP, Langneset legekontor". */
export function callerWords(consult: Pick<Consult, "caller_role" | "caller_unit" | "caller">, speech: Speech): string {
  const place = placeWords(consult.caller_unit) || consult.caller.org || "";
  return [consult.caller_role ? upperFirst(speech.word("role", consult.caller_role)) : (consult.caller.title ?? ""), place].filter(Boolean).join(", ");
}

/** otherOf is the other side of a talk: whoever took it, or the caller. */
export function otherOf(consult: Pick<Consult, "you" | "caller" | "taken_by">): string | undefined {
  return consult.you === "caller" ? consult.taken_by?.name : consult.caller.name;
}

/** askedWords: "Medicines · within the hour · 5 minutes". */
export function askedWords(consult: Pick<Consult, "reason" | "urgency" | "minutes" | "patient_present">, { say }: Speech): string {
  const parts = [say("reason", consult.reason), say("urgency", consult.urgency), say("ring", "for_minutes", { count: consult.minutes })];
  if (consult.patient_present) parts.push(say("mark", "patient"));
  return parts.join(" · ");
}

/** coversOf is a role in a unit as the API names it. */
export function coversOf(consult: Pick<Consult, "role" | "unit">): string | null {
  return consult.role && consult.unit ? `${consult.role}@${consult.unit.id}` : null;
}

/** phoneHref is what a phone dials. */
export function phoneHref(phone: string): string {
  return `tel:${phone.replaceAll(/[^+\d]/g, "")}`;
}

/** againAs asks for the same once more, of the same people or of others. The patient's consent was given for this talk and holds. */
export function againAs(consult: Consult, to: { covers: string } | { person: string }): NewConsult {
  return {
    kind: "covers" in to ? "specialist" : "knock",
    ...to,
    reason: consult.reason,
    urgency: consult.urgency,
    minutes: consult.minutes === 2 || consult.minutes === 10 ? consult.minutes : 5,
    ...(consult.words ? { words: consult.words } : {}),
    ...(consult.patient_present ? { patient_present: true, consent: true } : {}),
  };
}
