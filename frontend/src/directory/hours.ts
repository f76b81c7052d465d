/** Weekly hours in words, and whether they are now. Pure. A zone is an argument: hours are clock times. */
import type { Schemas } from "../api/client";
import type { Words } from "../i18n/words";
import { dayOf, minutesOfDay, type Language } from "../ui/time";

/** Hours as the server writes them: days "Mon-Fri" or "Sat", times "08:00" up to "24:00". */
export type Hours = Schemas["Hours"];

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const wholeDay = 1440;

/** A stretch of a day in minutes since its 00:00, half-open; it may end after midnight. */
type Stretch = { from: number; to: number };

const locales: Record<Language, string> = { nb: "nb-NO", en: "en-GB" };

/** hoursWords: "Mon–Fri 08:00–15:30, Sat 10:00–14:00". Nights are said whole. Empty when nothing can be read. */
export function hoursWords(hours: readonly Hours[], language: Language, say: Words): string {
  const week = overnight(weekOf(hours));
  if (week.every((day) => day.some((s) => s.from === 0 && s.to >= wholeDay))) return say("directory", "always");
  return groupsOf(week).map(({ days, from, to }) => `${daysWords(days, language, say)} ${clockOf(from)}–${clockOf(to)}`).join(", ");
}

/** isNow says whether the hours hold at an instant. */
export function isNow(hours: readonly Hours[], now: Date, zone: string): boolean {
  const day = (new Date(`${dayOf(now, zone)}T12:00:00Z`).getUTCDay() + 6) % 7;
  const minute = minutesOfDay(now, zone);
  return weekOf(hours)[day]?.some((s) => s.from <= minute && minute < s.to) ?? false;
}

/** weekOf reads hours into the days from Monday to Sunday, sorted and joined. What cannot be read is left out. */
function weekOf(hours: readonly Hours[]): Stretch[][] {
  const week: Stretch[][] = weekdays.map(() => []);
  for (const { days, from, to } of hours) {
    const [first = "", last = first] = days.split("-");
    const [a, b, s] = [indexOf(first), indexOf(last), { from: minutesOf(from), to: minutesOf(to) }];
    if (a < 0 || b < 0 || !(s.from < s.to)) continue;
    const length = ((b - a + weekdays.length) % weekdays.length) + 1; // "Sat-Mon" goes over the end of the week
    for (let i = 0; i < length; i++) week[(a + i) % weekdays.length]?.push({ ...s });
  }
  return week.map(joined);
}

function joined(stretches: readonly Stretch[]): Stretch[] {
  const list: Stretch[] = [];
  for (const s of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = list.at(-1);
    if (last && s.from <= last.to) last.to = Math.max(last.to, s.to);
    else list.push({ ...s });
  }
  return list;
}

/** overnight makes one stretch of an evening and the early morning after it: 15:30–24:00 and 00:00–08:00 is 15:30–08:00. */
function overnight(week: readonly Stretch[][]): Stretch[][] {
  const morning = (day: number) => week[(day + 1) % week.length]?.find((s) => s.from === 0 && s.to < wholeDay);
  const evening = (day: number) => week[(day + week.length - 1) % week.length]?.some((s) => s.from > 0 && s.to === wholeDay) ?? false;
  return week.map((stretches, day) => stretches.flatMap((s) => {
    if (s.from === 0 && s.to < wholeDay && evening(day)) return [];
    const rest = s.from > 0 && s.to === wholeDay ? morning(day) : undefined;
    return [rest ? { from: s.from, to: wholeDay + rest.to } : s];
  }));
}

/** groupsOf gathers the days that share a stretch, the earliest day first. */
function groupsOf(week: readonly Stretch[][]): (Stretch & { days: number[] })[] {
  const groups = new Map<string, Stretch & { days: number[] }>();
  week.forEach((stretches, day) => {
    for (const s of stretches) {
      const key = `${s.from}-${s.to}`;
      const group = groups.get(key);
      if (group) group.days.push(day);
      else groups.set(key, { ...s, days: [day] });
    }
  });
  return [...groups.values()].sort((a, b) => (a.days[0] ?? 0) - (b.days[0] ?? 0) || a.from - b.from);
}

/** daysWords: "Mon–Wed, Fri"; all seven are every day. */
function daysWords(days: readonly number[], language: Language, say: Words): string {
  if (days.length === weekdays.length) return say("directory", "every_day");
  const runs: [number, number][] = [];
  for (const day of days) {
    const last = runs.at(-1);
    if (last && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs.map(([a, b]) => (a === b ? dayName(a, language) : `${dayName(a, language)}–${dayName(b, language)}`)).join(", ");
}

/** A week that begins on a Monday. */
function dayName(day: number, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, 1 + day)));
}

function clockOf(minutes: number): string {
  const inDay = minutes > wholeDay ? minutes - wholeDay : minutes;
  return `${String(Math.floor(inDay / 60)).padStart(2, "0")}:${String(inDay % 60).padStart(2, "0")}`;
}

function indexOf(day: string): number {
  return weekdays.findIndex((d) => d === day);
}

/** minutesOf is not a number for what is no clock time. */
function minutesOf(text: string): number {
  const read = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  const minutes = read ? Number(read[1]) * 60 + Number(read[2]) : NaN;
  return minutes <= wholeDay ? minutes : NaN;
}
