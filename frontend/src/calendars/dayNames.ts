/** Names of civil days. Pure: a day has no zone, so it is read as UTC. */
import type { Day, Language } from "../ui/time";

const locales: Record<Language, string> = { nb: "nb-NO", en: "en-GB" };

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(day: Day, language: Language, options: Intl.DateTimeFormatOptions): string {
  const key = language + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locales[language], { ...options, timeZone: "UTC" });
    formats.set(key, format);
  }
  return format.format(new Date(`${day}T12:00:00Z`));
}

/** longDay: "Friday 27 November". */
export function longDay(day: Day, language: Language): string {
  return formatted(day, language, { weekday: "long", day: "numeric", month: "long" });
}

/** datedDay: "Fri 27 Nov 2026". */
export function datedDay(day: Day, language: Language): string {
  return formatted(day, language, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
}

/** cellDay stands in the corner of a day: "27", and the month with the first of it. */
export function cellDay(day: Day, language: Language): string {
  return day.endsWith("-01") ? formatted(day, language, { day: "numeric", month: "short" }) : String(Number(day.slice(8)));
}
