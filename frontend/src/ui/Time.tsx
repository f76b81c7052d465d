import { useTranslation } from "react-i18next";
import type { TFunction } from "i18next";
import { useClock } from "./clock";
import { clock, dayOf, dayWord, distance, fullTime, type Language } from "./time";

type CommonT = TFunction<"common">;

/** distanceWords: "in 1 h 45", "14 min ago", "now". */
export function distanceWords(at: Date, now: Date, t: CommonT): string {
  const d = distance(at, now);
  switch (d.kind) {
    case "now": return t("time.now");
    case "hours_minutes": return t(d.past ? "time.hours_minutes_ago" : "time.in_hours_minutes", { hours: d.hours, minutes: d.minutes });
    case "minutes": return t(d.past ? "time.minutes_ago" : "time.in_minutes", { count: d.count });
    case "hours": return t(d.past ? "time.hours_ago" : "time.in_hours", { count: d.count });
    case "days": return t(d.past ? "time.days_ago" : "time.in_days", { count: d.count });
  }
}

/** dayWords: "today", "tomorrow", "Monday", "Mon 30 Nov". */
export function dayWords(at: Date, now: Date, zone: string, language: Language, t: CommonT): string {
  const w = dayWord(at, now, zone, language);
  return w.kind === "weekday" || w.kind === "date" ? w.text : t(`time.${w.kind}`);
}

export type TimeProps = {
  at: string | Date;
  /** relative: "in 1 h 45"; clock: "13:10"; day: "today 13:10"; since: distance under 12 hours, else the day. */
  as?: "relative" | "clock" | "day" | "since";
  /** With day: the end of an interval, "today 13:10–13:30". */
  until?: string | Date;
};

/** Time shows a time as people say it, with the full time on hover and for screen readers. */
export function Time({ at, as = "relative", until }: TimeProps) {
  const { t, i18n } = useTranslation("common");
  const { now, zone } = useClock();
  const date = new Date(at);
  const language: Language = i18n.language === "en" ? "en" : "nb";
  const full = fullTime(date, zone, language);
  const near = Math.abs(date.getTime() - now.getTime()) < 12 * 3_600_000;
  const end = until ? new Date(until) : null;
  const span = clock(date, zone) + (end ? `–${clock(end, zone)}` : "");
  let words: string;
  if (as === "clock") words = span;
  else if (as === "relative" || (as === "since" && near)) words = distanceWords(date, now, t);
  else words = `${dayWords(date, now, zone, language, t)} ${span}`;
  const exact = as === "clock" || (as === "day" && dayOf(date, zone) === dayOf(now, zone));
  return (
    <time dateTime={date.toISOString()} title={full} className="time">
      {words}
      {exact ? null : <span className="sr-only"> ({full})</span>}
    </time>
  );
}
