/** A week of working hours as somebody paints it. Pure: values in, values out. */
import { clockOf } from "./weeks";

/** Entry is how the server writes hours: days "Mon-Fri" or "Sat", times "08:00" up to "24:00". */
export type Entry = { days: string; from: string; to: string };

/** Stretch is part of a day in minutes since 00:00, half-open, up to 24:00. */
export type Stretch = { from: number; to: number };

/** Hours are the stretches of each day from Monday to Sunday, sorted and apart. */
export type Hours = readonly (readonly Stretch[])[];

export const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** A brush paints half hours. */
export const brush = 30;
export const wholeDay = 1440;

export const nothing: Hours = weekdays.map(() => []);

/** hoursOf reads what the server says. What it cannot read it leaves out. */
export function hoursOf(entries: readonly Entry[]): Hours {
  return entries.reduce<Hours>((hours, entry) => {
    const [first = "", last = first] = entry.days.split("-");
    const from = minutesOf(entry.from);
    const to = minutesOf(entry.to);
    return from === null || to === null ? hours : paint(hours, { days: [indexOf(first), indexOf(last)], from, to }, true);
  }, nothing);
}

/** entriesOf writes hours for the server: one entry for each run of days that share a stretch. */
export function entriesOf(hours: Hours): Entry[] {
  const entries: Entry[] = [];
  hours.forEach((stretches, day) => {
    for (const s of stretches) {
      if (day > 0 && has(hours[day - 1], s)) continue;
      let last = day;
      while (has(hours[last + 1], s)) last++;
      entries.push({ days: last > day ? `${weekdays[day] ?? ""}-${weekdays[last] ?? ""}` : weekdays[day] ?? "", from: clockOf(s.from), to: clockOf(s.to) });
    }
  });
  return entries;
}

/** Stroke is a rectangle of the week: some days in either order, part of each. */
export type Stroke = { days: readonly [number, number]; from: number; to: number };

/** strokeBetween is the rectangle between two half hours, both of them in it. */
export function strokeBetween(a: Cell, b: Cell): Stroke {
  return { days: [a.day, b.day], from: Math.min(a.from, b.from), to: Math.max(a.from, b.from) + brush };
}

/** Cell is one half hour of one day. */
export type Cell = { day: number; from: number };

/** paint adds the stroke to the hours, or takes it out. */
export function paint(hours: Hours, stroke: Stroke, on: boolean): Hours {
  const [first, last] = [Math.min(...stroke.days), Math.max(...stroke.days)];
  if (first < 0 || stroke.from >= stroke.to) return hours;
  return hours.map((stretches, day) => {
    if (day < first || day > last) return stretches;
    const rest = stretches.flatMap((s) => [{ from: s.from, to: Math.min(s.to, stroke.from) }, { from: Math.max(s.from, stroke.to), to: s.to }].filter((r) => r.from < r.to));
    return on ? joined([...rest, { from: stroke.from, to: stroke.to }]) : rest;
  });
}

/** joined sorts stretches and makes one of those that touch. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const list: Stretch[] = [];
  for (const s of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = list.at(-1);
    if (last && s.from <= last.to) last.to = Math.max(last.to, s.to);
    else list.push({ ...s });
  }
  return list;
}

/** painted says how much of a half hour is working time: hours may begin at a quarter past. */
export function painted(stretches: readonly Stretch[], from: number): "no" | "part" | "whole" {
  const to = from + brush;
  if (stretches.some((s) => s.from <= from && s.to >= to)) return "whole";
  return stretches.some((s) => s.from < to && s.to > from) ? "part" : "no";
}

/** moved is the half hour one step away, held inside the part of the day that is shown. */
export function moved(cell: Cell, days: number, halfHours: number, shown: Stretch): Cell {
  return {
    day: clamp(cell.day + days, 0, weekdays.length - 1),
    from: clamp(cell.from + halfHours * brush, shown.from, shown.to - brush),
  };
}

/** right: a stretch that is being written can be half there, or end before it begins. */
export function right(s: Stretch): boolean {
  return s.from < s.to;
}

/** tidy leaves out what is not right, and joins what touches. */
export function tidy(hours: Hours): Hours {
  return hours.map((stretches) => joined(stretches.filter(right)));
}

/** DaysAway are civil days on which the weekly hours do not hold, the last one included. */
export type DaysAway = { first: string; last: string };

/** daysOffLimit is what the server takes. */
export const daysOffLimit = 50;

/** withDaysOff adds days and makes one of those that overlap; days that only touch stay apart, as they were written. */
export function withDaysOff(days: readonly DaysAway[], added: DaysAway): DaysAway[] {
  const apart = days.filter((d) => d.last < added.first || d.first > added.last);
  const met = days.filter((d) => !apart.includes(d));
  const first = [added.first, ...met.map((d) => d.first)].sort()[0] ?? added.first;
  const last = [added.last, ...met.map((d) => d.last)].sort().at(-1) ?? added.last;
  return [...apart, { first, last }].sort((a, b) => a.first.localeCompare(b.first));
}

/** total is a week's working time in minutes. */
export function total(hours: Hours): number {
  return hours.flat().reduce((sum, s) => sum + s.to - s.from, 0);
}

export function same(a: Hours, b: Hours): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** outside says whether some of the hours lie where the shown part of the day does not reach. */
export function outside(hours: Hours, shown: Stretch): boolean {
  return hours.flat().some((s) => s.from < shown.from || s.to > shown.to);
}

/** freeStretch is where another stretch of a day could go: an hour after the last, else the working day. */
export function freeStretch(stretches: readonly Stretch[]): Stretch | null {
  const last = stretches.at(-1);
  if (!last) return { from: 8 * 60, to: 16 * 60 };
  const from = last.to + 60;
  return from < wholeDay ? { from, to: Math.min(from + 120, wholeDay) } : null;
}

function has(stretches: readonly Stretch[] | undefined, s: Stretch): boolean {
  return stretches?.some((other) => other.from === s.from && other.to === s.to) ?? false;
}

function indexOf(day: string): number {
  return weekdays.findIndex((d) => d === day);
}

/** minutesOf reads "08:30"; null for what is no clock time. */
export function minutesOf(text: string): number | null {
  const read = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  const minutes = read ? Number(read[1]) * 60 + Number(read[2]) : wholeDay + 1;
  return minutes <= wholeDay ? minutes : null;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
