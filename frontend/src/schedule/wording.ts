import type { Schemas } from "../api/client";
import type { Words } from "../i18n/words";
import { clock, dayOf, dayWord, type Language } from "../ui/time";
import { marginOf, spanOf } from "./days";
import type { Rejected, Relaxation, Suggestion } from "./finder";
import { freshnessOf } from "./freshness";
import type { Change } from "./search";
import { isDeputy, roleOf, seatName, staffSeats, type CaseDetail, type Seat } from "./seats";

/** Speech is what sentences about a case's search are made from. Pure: the clock, the zone and the language are in it. */
export type Speech = {
  /** Words of the schedule namespace. */
  say: Words;
  /** Words that all features share: roles, guests, calendars. */
  word: Words;
  language: Language;
  now: Date;
  zone: string;
  detail: Pick<CaseDetail, "people" | "seats" | "discharge">;
};

export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** listed joins words as a sentence does: "a, b and c". */
export function listed(words: readonly string[], language: Language): string {
  return new Intl.ListFormat(language === "en" ? "en-GB" : "nb-NO", { type: "conjunction" }).format(words);
}

export function nameOf(person: string, { detail }: Speech): string {
  return detail.people[person]?.name ?? person;
}

export function seatOf(id: string, { detail }: Speech): Seat | undefined {
  return detail.seats?.find((s) => s.id === id);
}

/** inOrder: the seats as the case lists them. */
export function inOrder(seats: readonly string[], { detail }: Speech): string[] {
  const known = staffSeats(detail.seats ?? []).map((s) => s.id);
  return [...known.filter((id) => seats.includes(id)), ...seats.filter((id) => !known.includes(id))];
}

/** seatWord names a seat: "GP". */
export function seatWord(id: string, speech: Speech): string {
  const seat = seatOf(id, speech);
  const name = seat ? seatName(seat) : { group: "role", code: id };
  return speech.word(name.group, name.code);
}

/** Role is what a person is in a seat, in words. */
export type RoleWords = { role: string; unit: string; deputy: boolean };

export function roleWords(seat: string, person: string, speech: Speech): RoleWords {
  const held = roleOf(seatOf(seat, speech), speech.detail.people[person]);
  if (!held) return { role: seatWord(seat, speech), unit: "", deputy: false };
  return { role: speech.word("role", held.role), unit: held.unit, deputy: isDeputy(held.role) };
}

/** dayTimeWords: "today 13:20", "Monday 08:00". */
export function dayTimeWords(at: string, { now, zone, language, word }: Speech): string {
  const date = new Date(at);
  const day = dayWord(date, now, zone, language);
  return `${day.kind === "weekday" || day.kind === "date" ? day.text : word("time", day.kind)} ${clock(date, zone)}`;
}

/** momentWords names an instant beside a time: "14:00" on the same day, else with its day. */
export function momentWords(at: string, beside: string, speech: Speech): string {
  const date = new Date(at);
  return dayOf(date, speech.zone) === dayOf(new Date(beside), speech.zone) ? clock(date, speech.zone) : dayTimeWords(at, speech);
}

/** Causes whose end helps whoever wants to wait for it. */
const ending = new Set(["busy_until", "outside_hours"]);

/** whyWords says why somebody cannot come, as the end of a sentence that begins with a name: "is busy until 14:00". */
export function whyWords(cause: { why: string; until?: string }, beside: string, speech: Speech): string {
  if (cause.until && ending.has(cause.why)) return speech.say("why_until", cause.why, { time: momentWords(cause.until, beside, speech) });
  return speech.say("why", cause.why);
}

/** missingWords are one sentence for each seat that stays empty and each preferred person who does not come. */
export function missingWords(suggestion: Suggestion, speech: Speech): string[] {
  const missed = suggestion.want_missed.map((want) => {
    const seat = upperFirst(seatWord(want.id, speech));
    const people = suggestion.missing.filter((m) => m.id === want.id && m.person !== "");
    const [only] = people;
    if (want.why === "nobody") return speech.say("missing", "nobody", { seat });
    if (only && people.length === 1) return speech.say("missing", "one", { seat, name: nameOf(only.person, speech), why: whyWords(only, suggestion.start, speech) });
    const candidates = seatOf(want.id, speech)?.candidates ?? [];
    const [single] = candidates;
    if (single && candidates.length === 1) return speech.say("missing", "one", { seat, name: single.name, why: whyWords(want, suggestion.start, speech) });
    return speech.say("missing", "several", { seat, why: whyWords(want, suggestion.start, speech) });
  });
  const wants = new Set(suggestion.want_missed.map((w) => w.id));
  const passed = suggestion.missing
    .filter((m) => !wants.has(m.id) && m.person !== "")
    .map((m) => speech.say("missing", "preferred", { name: nameOf(m.person, speech), why: whyWords(m, suggestion.start, speech) }));
  return [...missed, ...passed];
}

/** amount reads "2 people" and "40 min" of a reason. */
function amount(value: string): number {
  return Number(/^-?\d+/.exec(value)?.[0] ?? 0);
}

/** favourWords are the points that speak for a suggestion, as far as the card does not show them anyhow: the usual people are in its cast. */
export function favourWords(suggestion: Suggestion, speech: Speech): string[] {
  return suggestion.because.filter((r) => r.points > 0).flatMap((r) => {
    switch (r.code) {
      case "fragmentation": return [speech.say("favour", "fragmentation", { count: amount(r.value) })];
      case "guest_yes":
      case "guest_if_needed": return [speech.say("favour", r.code, { guest: seatWord(r.value, speech) })];
      case "prefer": return [speech.say("favour", "prefer")];
    }
    return [];
  });
}

/** againstWords are the points that speak against it, lateness first. Unknown calendars and deputies are marked at the person. */
export function againstWords(suggestion: Suggestion, speech: Speech): string[] {
  const codes = new Set(suggestion.because.map((r) => r.code));
  const said = suggestion.because.flatMap((r) => {
    switch (r.code) {
      case "outside_hours": return [speech.say("against", "outside_hours", { count: amount(r.value) })];
      case "after_hours_burden": return codes.has("outside_hours") ? [] : [speech.say("against", "after_hours_burden", { count: amount(r.value) })];
      case "tentative": return [speech.say("against", "tentative", { name: nameOf(r.value, speech) })];
      case "avoid": return [speech.say("against", "avoid")];
    }
    return [];
  });
  const late = marginOf(suggestion.start, suggestion.end, speech.detail.discharge).side === "after";
  const ahead = Date.parse(speech.detail.discharge) > speech.now.getTime(); // of a patient who has left every time is after
  return late && ahead ? [speech.say("against", "after"), ...said] : said;
}

/** standsIn: the seat is filled by a deputy, by role or because the search let one stand in. */
export function standsIn(seat: string, person: string, suggestion: Suggestion, speech: Speech): boolean {
  return roleWords(seat, person, speech).deputy || suggestion.because.some((r) => r.code === "stand_in" && r.value === person);
}

export function spanWords(minutes: number, { say }: Speech): string {
  const span = spanOf(minutes);
  return span.kind === "hours_minutes" ? say("span", "hours_minutes", { hours: span.hours, minutes: span.minutes }) : say("span", span.kind, { count: span.count });
}

/** marginWords: "1 h 20 min before the discharge"; empty when the meeting is after it, which againstWords say. */
export function marginWords(suggestion: Pick<Suggestion, "start" | "end">, speech: Speech): string {
  const margin = marginOf(suggestion.start, suggestion.end, speech.detail.discharge);
  if (margin.side === "after") return "";
  return margin.minutes === 0 ? speech.say("margin", "just") : speech.say("margin", "before", { span: spanWords(margin.minutes, speech) });
}

/** CalendarWords say how old a calendar is: short beside a name, long for hover and screen readers. sure is false when it is not known. */
export type CalendarWords = { short: string; long: string; sure: boolean };

export function calendarWords(text: string | undefined, speech: Speech): CalendarWords {
  const { say, word } = speech;
  const fresh = freshnessOf(text);
  switch (fresh.kind) {
    case "fresh": {
      const age = say("age", fresh.minutes < 1 ? "now" : "ago", { span: spanWords(fresh.minutes, speech) });
      return { short: fresh.minutes < 1 ? age : spanWords(fresh.minutes, speech), long: word("calendar", "fresh", { age }), sure: true };
    }
    case "stale": {
      const age = say("age", "ago", { span: spanWords(fresh.minutes, speech) });
      return { short: spanWords(fresh.minutes, speech), long: say("age", "stale", { age }), sure: false };
    }
    case "hours": return { short: say("age", "hours"), long: word("calendar", "none"), sure: true };
    case "unknown": {
      const long = fresh.why ? word("calendar", "unknown", { why: word("why", fresh.why) }) : word("calendar", "not_known");
      return { short: say("age", "unknown"), long, sure: false };
    }
  }
}

/** calendarText is the same of a calendar's state, as people and grids carry it. */
export function calendarText(calendar: Schemas["CalendarState"], speech: Speech): CalendarWords {
  switch (calendar.state) {
    case "fresh": return calendarWords(`${calendar.age_minutes ?? 0}m`, speech);
    case "stale": return calendarWords(`unknown: stale ${calendar.age_minutes ?? 0}m`, speech);
    case "none": return calendarWords("no calendar", speech);
    case "unknown": return calendarWords(`unknown: ${calendar.why ?? ""}`, speech);
  }
}

/** changeWords name one change to a search: "15 minutes are enough". */
export function changeWords(change: Change, speech: Speech): string {
  const { say } = speech;
  const seat = change.need ? seatWord(change.need, speech) : "";
  if (change.code === "two_changes" || change.code === "several_changes") return (change.parts ?? []).map((part) => changeWords(part, speech)).join(" + ");
  return say("change", change.code, { count: change.value ?? 0, seat });
}

/** gainWords: "3 more times, the first today 13:20". */
export function gainWords(relaxation: Relaxation, speech: Speech): string {
  return speech.say("gain", "times", { count: relaxation.gains, time: dayTimeWords(relaxation.first, speech) });
}

/** firstWords: "first today 13:20", beside the gain as a number. */
export function firstWords(relaxation: Pick<Relaxation, "first">, speech: Speech): string {
  return speech.say("gain", "first", { time: dayTimeWords(relaxation.first, speech) });
}

/** triedStarts are those that the window, the notice and the deadline leave; what ends too late for one may end too late for both. */
export function triedStarts({ starts_total, by_rule }: Rejected): number {
  return Math.max(0, starts_total - (by_rule.min_notice ?? 0) - Math.max(by_rule.outside_window ?? 0, by_rule.after_deadline ?? 0));
}

/** blockedWords say what stood in the way, the needs that decide it alone first. */
export function blockedWords(rejected: Rejected, speech: Speech): string[] {
  const tried = triedStarts(rejected);
  return rejected.by_need.filter((n) => n.blocked > 0).sort((a, b) => b.alone - a.alone || b.blocked - a.blocked).map((n) => {
    const seat = upperFirst(seatWord(n.need, speech));
    const said = n.blocked >= tried ? speech.say("blocked", "always", { seat }) : speech.say("blocked", "times", { seat, blocked: n.blocked, tried });
    return n.alone > 0 ? `${said} ${speech.say("blocked", "alone", { count: n.alone })}` : said;
  });
}
