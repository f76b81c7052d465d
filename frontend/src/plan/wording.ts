/** Sentences about duty plans and one's own duty. Pure: the clock, the zone and the language are arguments. */
import type { Schemas } from "../api/client";
import type { Words } from "../i18n/words";
import { clock, dayOf, dayWord, type Day, type Language } from "../ui/time";
import type { Gap, PlanFeed, Report, Roster, Unknown } from "./faults";
import type { Row } from "./week";

/** Speech is what sentences are made from. */
export type Speech = {
  /** Words of the plan namespace. */
  say: Words;
  /** Words that all features share: roles, days, why a calendar cannot be read. */
  word: Words;
  /** Words of talking now: how it is known that somebody is on duty. */
  talk: Words;
  language: Language;
  now: Date;
  zone: string;
};

export type DutyRole = Schemas["DutyRole"];

const locales: Record<Language, string> = { nb: "nb-NO", en: "en-GB" };

export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function listed(words: readonly string[], language: Language): string {
  return new Intl.ListFormat(locales[language], { type: "conjunction" }).format(words);
}

/** dayWords: "today", "Monday", "Mon 30 Nov". */
export function dayWords(at: Date, { word, now, zone, language }: Speech): string {
  const day = dayWord(at, now, zone, language);
  return day.kind === "weekday" || day.kind === "date" ? day.text : word("time", day.kind);
}

/** momentWords: "16:00" today, else with its day: "Saturday 08:00". */
export function momentWords(at: string, speech: Speech): string {
  const date = new Date(at);
  const time = clock(date, speech.zone);
  return dayOf(date, speech.zone) === dayOf(speech.now, speech.zone) ? time : `${dayWords(date, speech)} ${time}`;
}

/** dayHead: "Today, Fri 27 Nov", "Sat 28 Nov". */
export function dayHead(day: Day, { word, now, zone, language }: Speech): string {
  const date = new Intl.DateTimeFormat(locales[language], { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
  return upperFirst(day === dayOf(now, zone) ? `${word("time", "today")}, ${date}` : date);
}

/** spanWords is a span as it is read on a day: the other days are named. "08:00–Sat 08:00". */
export function spanWords({ start, end }: Pick<Row, "start" | "end">, day: Day, speech: Speech): string {
  return `${sideWords(start, day, speech)}–${endWords(end, day, speech)}`;
}

function sideWords(at: number, day: Day, { zone, language }: Speech): string {
  const date = new Date(at);
  const time = clock(date, zone);
  if (dayOf(date, zone) === day) return time;
  return `${new Intl.DateTimeFormat(locales[language], { weekday: "short", timeZone: zone }).format(date)} ${time}`;
}

/** A day ends at 24:00, not at 00:00 of the next. */
function endWords(at: number, day: Day, speech: Speech): string {
  const atMidnight = clock(new Date(at), speech.zone) === "00:00" && dayOf(new Date(at - 1), speech.zone) === day;
  return atMidnight ? "24:00" : sideWords(at, day, speech);
}

/** gapWords: "Saturday 08:00–20:00: nobody is on duty". */
export function gapWords(gap: Gap, window: Gap, speech: Speech): string {
  const { say, zone, now } = speech;
  const [start, end] = [Date.parse(gap.start), Date.parse(gap.end)];
  const running = start <= now.getTime() || start <= Date.parse(window.start);
  const open = end >= Date.parse(window.end);
  if (running && open) return say("gap", "all");
  if (running) return say("gap", "now", { time: momentWords(gap.end, speech) });
  const from = new Date(start);
  if (open) return say("gap", "rest", { time: `${dayWords(from, speech)} ${clock(from, zone)}` });
  const day = dayOf(from, zone);
  if (dayOf(new Date(end - 1), zone) !== day) return say("gap", "days", { from: upperFirst(`${dayWords(from, speech)} ${clock(from, zone)}`), to: `${dayWords(new Date(end), speech)} ${clock(new Date(end), zone)}` });
  return say("gap", "span", { span: upperFirst(`${dayWords(from, speech)} ${spanWords({ start, end }, day, speech)}`) });
}

/** unknownWords: "“K. Nesse”, Saturday 08:00: nobody here is called that". */
export function unknownWords(name: Unknown, speech: Speech): string {
  return speech.say("unknown", name.why, { title: name.title || speech.say("unknown", "no_title"), time: `${dayWords(new Date(name.start), speech)} ${clock(new Date(name.start), speech.zone)}` });
}

/** feedWords say what is wrong with a calendar of the plan. */
export function feedWords(feed: PlanFeed, speech: Speech): string {
  const { say, word } = speech;
  const name = upperFirst(say("layer", feed.layer));
  const why = feed.why === "address_lost" ? say("feed", "lost") : word("why", feed.why || "never_read");
  if (!feed.read_at) return say("feed", "never", { name, why });
  const time = momentWords(feed.read_at, speech);
  return feed.why ? say("feed", "broken", { name, why, time }) : say("feed", "old", { name, time });
}

/** readWords: "Base plan read 12:45, 14 shifts". */
export function readWords(feed: PlanFeed, speech: Speech): string {
  if (!feed.read_at) return feedWords(feed, speech);
  return speech.say("feed", "read", { name: upperFirst(speech.say("layer", feed.layer)), time: momentWords(feed.read_at, speech), count: feed.shifts });
}

/** reportWords: "Kaja Nes was rung yesterday 14:10 and was not on duty". */
export function reportWords(report: Report, speech: Speech): string {
  const at = new Date(report.at);
  return speech.say("report", "said", { name: report.person.name, time: `${dayWords(at, speech)} ${clock(at, speech.zone)}` });
}

/** placeWords: "Palliativt team, Havnes sykehus". */
export function placeWords(unit: Roster["unit"]): string {
  return [unit.name, unit.organization].filter(Boolean).join(", ");
}

/** levelWords: whoever is rung first needs no word. */
export function levelWords(level: number, { talk }: Speech): string {
  if (level <= 1) return "";
  return level === 2 ? talk("level", "backup") : talk("level", "further", { level });
}

/** Word is what somebody says of themself: in, out, or what the plan says. */
export type Word = "in" | "out" | "plan";

export function wordOf(role: Pick<DutyRole, "declared">): Word {
  return role.declared ? (role.declared.in ? "in" : "out") : "plan";
}

/** ownWords: "You have said that you are in, until 15:30." "By the plan you are on duty until 08:00." */
export function ownWords(role: Pick<DutyRole, "declared" | "on">, speech: Speech): string {
  const { say, talk } = speech;
  if (role.declared) return say("own", role.declared.in ? "in_until" : "out_until", { time: momentWords(role.declared.until, speech) });
  const you = role.on?.find((o) => o.you);
  if (!you) return say("own", "off");
  if (you.source.origin === "hours") return say("own", "at_work", { time: momentWords(you.until, speech) });
  return say("own", "on", { time: momentWords(you.until, speech), source: talk("source", you.source.origin) });
}

/** othersWords say who else covers the role, or that nobody does. */
export function othersWords(role: Pick<DutyRole, "on" | "next">, speech: Speech): string {
  const { say, talk, language } = speech;
  const others = (role.on ?? []).filter((o) => !o.you).map((o) => o.person.name);
  const alsoYou = role.on?.some((o) => o.you) ?? false;
  if (others.length > 0) return say("own", alsoYou ? "others" : "instead", { who: listed(others, language) });
  if (alsoYou) return say("own", "alone");
  const next = role.next ? talk("nobody", "next", { when: momentWords(role.next.start, speech), who: listed((role.next.people ?? []).map((p) => p.name), language) }) : talk("nobody", "unknown");
  return `${talk("nobody", "now")}. ${next}.`;
}
