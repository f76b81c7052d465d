/** Civil calendar arithmetic and the words for times. Pure: the clock, the zone and the language are arguments. */

export type Language = "nb" | "en";

const locales: Record<Language, string> = { nb: "nb-NO", en: "en-GB" };

/** Day is a civil date in some zone, written YYYY-MM-DD. */
export type Day = string;

const dayFormats = new Map<string, Intl.DateTimeFormat>();

function cached(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let format = dayFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, options);
    dayFormats.set(key, format);
  }
  return format;
}

export function dayOf(at: Date, zone: string): Day {
  return cached("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** daysBetween counts civil days, so that a day of 23 or 25 hours is one day. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

export function clock(at: Date, zone: string): string {
  return cached("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** minutesOfDay is the wall clock's reading in minutes since 00:00. */
export function minutesOfDay(at: Date, zone: string): number {
  const [h = "0", m = "0"] = clock(at, zone).split(":");
  return Number(h) * 60 + Number(m);
}

/** DayWord says how people name a day seen from today. */
export type DayWord = { kind: "today" | "tomorrow" | "yesterday" } | { kind: "weekday" | "date"; text: string };

export function dayWord(at: Date, now: Date, zone: string, language: Language): DayWord {
  const distance = daysBetween(dayOf(now, zone), dayOf(at, zone));
  switch (distance) {
    case 0: return { kind: "today" };
    case 1: return { kind: "tomorrow" };
    case -1: return { kind: "yesterday" };
  }
  if (distance > 1 && distance < 7) {
    return { kind: "weekday", text: cached(locales[language], { timeZone: zone, weekday: "long" }).format(at) };
  }
  const year = dayOf(at, zone).slice(0, 4) === dayOf(now, zone).slice(0, 4) ? undefined : "numeric";
  return { kind: "date", text: cached(locales[language], { timeZone: zone, weekday: "short", day: "numeric", month: "short", year }).format(at) };
}

/** fullTime is for hover and for screen readers. */
export function fullTime(at: Date, zone: string, language: Language): string {
  return cached(locales[language], {
    timeZone: zone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).format(at);
}

/** Distance is elapsed time in the words people use: minutes up to an hour, hours and minutes up to a day, then days. */
export type Distance =
  | { kind: "now" }
  | { kind: "minutes" | "hours" | "days"; count: number; past: boolean }
  | { kind: "hours_minutes"; hours: number; minutes: string; past: boolean };

export function distance(at: Date, now: Date): Distance {
  const minutes = Math.round((at.getTime() - now.getTime()) / 60_000);
  const past = minutes < 0;
  const size = Math.abs(minutes);
  if (size === 0) return { kind: "now" };
  if (size < 60) return { kind: "minutes", count: size, past };
  const hours = Math.floor(size / 60);
  const rest = size % 60;
  if (hours >= 24) return { kind: "days", count: Math.round(hours / 24), past };
  if (rest === 0 || hours >= 12) return { kind: "hours", count: Math.round(size / 60), past };
  return { kind: "hours_minutes", hours, minutes: String(rest).padStart(2, "0"), past };
}

/** nextChange is how many milliseconds until the words for a time may change: for timers that wake rarely. */
export function nextChange(now: Date): number {
  return 60_000 - (now.getTime() % 60_000) + 50;
}
