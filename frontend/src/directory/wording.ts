/** What is said of a person in the directory. Pure: the clock, the zone and the language are arguments. */
import type { Schemas } from "../api/client";
import type { Words } from "../i18n/words";
import { clock, dayOf, dayWord, type Language } from "../ui/time";
import { hoursWords, isNow } from "./hours";
import type { Person } from "./search";

/** Speech is what sentences are made from. */
export type Speech = {
  /** Words that all features share: the directory's, roles. */
  word: Words;
  /** Words of talking now: how somebody can be reached and how it is known that they are on duty. */
  talk: Words;
  language: Language;
  now: Date;
  zone: string;
};

type Duty = Schemas["PersonDuty"];

/** momentWords: "16:00" today, else with its day: "Saturday 08:00". */
export function momentWords(at: string, { word, now, zone, language }: Speech): string {
  const date = new Date(at);
  if (dayOf(date, zone) === dayOf(now, zone)) return clock(date, zone);
  const day = dayWord(date, now, zone, language);
  return `${day.kind === "weekday" || day.kind === "date" ? day.text : word("time", day.kind)} ${clock(date, zone)}`;
}

/** reachWords: "in a talk until about 10:20". An end that has passed is not said: nobody knows the new one. */
export function reachWords(reach: Schemas["Reachable"], speech: Speech): string {
  if (!reach.until || Date.parse(reach.until) <= speech.now.getTime()) return speech.talk("reach", reach.state);
  return speech.talk("reach_until", reach.state, { time: momentWords(reach.until, speech) });
}

/** DutyLine is one sentence about somebody's duty now, and how that is known. */
export type DutyLine = { said: string; source: string; stale: boolean };

/** dutyLines: being on duty first. Being at work is said once, however many roles it is for. */
export function dutyLines(person: Pick<Person, "duty" | "roles" | "units">, speech: Speech): DutyLine[] {
  const duties = person.duty ?? [];
  const onDuty = duties.filter((d) => d.source.origin !== "hours");
  const lines = onDuty.map((duty) => ({
    said: speech.word("directory", "on_duty", { role: dutyRole(duty, person, speech), time: momentWords(duty.until, speech) }),
    source: sourceWords(duty, speech),
    stale: duty.source.stale,
  }));
  const atWork = duties.filter((d) => d.source.origin === "hours").sort((a, b) => b.until.localeCompare(a.until))[0];
  if (!atWork) return lines;
  return [...lines, { said: speech.word("directory", "at_work", { time: momentWords(atWork.until, speech) }), source: "", stale: false }];
}

/** dutyRole names the unit too when somebody holds the role in several. */
function dutyRole(duty: Duty, { roles, units }: Pick<Person, "roles" | "units">, { word }: Speech): string {
  const same = (roles ?? []).filter((r) => r.role === duty.role);
  const at = (roles ?? []).findIndex((r) => `${r.role}@${r.unit}` === duty.covers);
  const unit = same.length > 1 ? units?.[at]?.name : undefined;
  return unit ? `${word("role", duty.role)}, ${unit}` : word("role", duty.role);
}

/** sourceWords: "from the duty plan, read 09:58". Somebody's own word has not been read anywhere. */
function sourceWords({ source }: Duty, speech: Speech): string {
  const known = speech.talk("source", source.origin);
  if (source.origin === "declared") return known;
  if (!source.read_at) return `${known}, ${speech.talk("source", "never")}`;
  return `${known}, ${speech.talk("source", source.stale ? "stale" : "read", { time: momentWords(source.read_at, speech) })}`;
}

/** workWords: the weekly hours; without any the duty plan decides, where there is one. */
export function workWords(person: Pick<Person, "hours" | "calendar" | "duty">, { language, word }: Speech): string {
  const hours = hoursWords(person.hours ?? [], language, word);
  if (hours) return hours;
  return word("directory", person.calendar.state !== "none" || (person.duty ?? []).length > 0 ? "by_plan" : "hours_unknown");
}

/** phoneWords: "answers now (Mon–Fri 12:00–13:00)". Empty when nothing is said of it. */
export function phoneWords(person: Pick<Person, "phone_hours">, { language, word, now, zone }: Speech): string {
  const hours = hoursWords(person.phone_hours ?? [], language, word);
  if (!hours) return "";
  return word("directory", isNow(person.phone_hours ?? [], now, zone) ? "phone_now" : "phone_then", { hours });
}

/** languagesWords: "Norwegian Bokmål and English". A code that the browser does not know stands as it is. */
export function languagesWords(codes: readonly string[], language: Language): string {
  const locale = language === "en" ? "en-GB" : "nb-NO";
  const names = new Intl.DisplayNames(locale, { type: "language", fallback: "code" });
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(codes.map((code) => nameOf(names, code)));
}

function nameOf(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code; // no language tag
  }
}

/** roleToRing is what to ring instead of the person: the role they are on duty for, else the one they are listed with, if it can be rung. */
export function roleToRing(person: Pick<Person, "duty" | "roles">, listed: string, ringable: ReadonlySet<string>): string | null {
  const onDuty = (person.duty ?? []).filter((d) => d.source.origin !== "hours").map((d) => d.covers);
  return [...onDuty, listed, ...(person.roles ?? []).map((r) => `${r.role}@${r.unit}`)].find((covers) => ringable.has(covers)) ?? null;
}

/** phoneHref is what a phone dials. */
export function phoneHref(phone: string): string {
  return `tel:${phone.replaceAll(/[^+\d]/g, "")}`;
}
