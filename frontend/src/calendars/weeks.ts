/** Geometry of the weeks of a calendar: instants to blocks on a grid of weeks and days. Pure: the zone is an argument. */
import { parseDate } from "@internationalized/date";
import { dayOf, daysBetween, minutesOfDay, type Day } from "../ui/time";

/** Span is half-open. */
export type Span = { start: string; end: string };

/** What a calendar says of a time. What nobody knows is drawn over the others. */
export const meanings = ["duty", "busy", "tentative", "unknown"] as const;
export type Meaning = (typeof meanings)[number];
export type Layers = Readonly<Record<Meaning, readonly Span[]>>;

/** Block is the part of a span that lies on one day. from and to are what the clock on the wall shows, in minutes since 00:00, up to 24:00. */
export type Block = { meaning: Meaning; start: Date; end: Date; from: number; to: number };

/** Shift says that this day has 23 or 25 hours. */
export type Shift = "forward" | "back" | null;

/** DayOfWeek is a day on the grid; outside days fill the first and the last week and are not known from this answer. */
export type DayOfWeek = { day: Day; inside: boolean; shift: Shift; blocks: Block[] };
export type Week = { number: number; days: DayOfWeek[] };

const minute = 60_000;
const dayMinutes = 1440;

/** weeksOf lays the window out in weeks from Monday to Sunday, as many as it touches. */
export function weeksOf(window: Span, layers: Layers, zone: string): Week[] {
  const first = dayOf(new Date(window.start), zone);
  const last = dayOf(new Date(Date.parse(window.end) - 1), zone);
  const monday = plusDays(first, -weekday(first));
  const weeks: Week[] = [];
  for (let at = monday; at <= last; at = plusDays(at, 7)) {
    const days = Array.from({ length: 7 }, (_, i) => plusDays(at, i));
    weeks.push({ number: weekNumber(at), days: days.map((day) => dayView(day, day >= first && day <= last, layers, zone)) });
  }
  return weeks;
}

function dayView(day: Day, inside: boolean, layers: Layers, zone: string): DayOfWeek {
  const start = midnight(day, zone);
  const end = midnight(plusDays(day, 1), zone);
  const surplus = (end - start) / minute - dayMinutes;
  const repeated = surplus > 0 ? repeatedTime(start, end, zone) : null;
  const blocks = meanings.flatMap((meaning) => layers[meaning].flatMap((span): Block[] => {
    const from = Math.max(Date.parse(span.start), start);
    const to = Math.min(Date.parse(span.end), end);
    return from < to ? [{ meaning, start: new Date(from), end: new Date(to), ...onTheWall(from, to, repeated, zone) }] : [];
  }));
  return { day, inside, shift: surplus > 0 ? "back" : surplus < 0 ? "forward" : null, blocks };
}

/** Repeated is the time that the wall shows twice: it reads `until`, and at that instant is put back to `from`. */
type Repeated = { at: number; from: number; until: number };

/** onTheWall covers every reading of the clock during the time. The end is read just before it, so that midnight is 24:00. */
function onTheWall(start: number, end: number, repeated: Repeated | null, zone: string): { from: number; to: number } {
  const from = minutesOfDay(new Date(start), zone);
  const to = lastReading(end, zone);
  if (!repeated || repeated.at <= start || repeated.at >= end) return { from, to };
  return { from: Math.min(from, repeated.from), to: Math.max(to, repeated.until) };
}

function lastReading(end: number, zone: string): number {
  return minutesOfDay(new Date(end - 1), zone) + 1;
}

/** Zones change on the quarter of an hour. */
const quarter = 15 * minute;

function repeatedTime(start: number, end: number, zone: string): Repeated | null {
  for (let at = start + quarter; at < end; at += quarter) {
    const from = minutesOfDay(new Date(at), zone);
    const until = lastReading(at, zone);
    if (from < until) return { at, from, until };
  }
  return null;
}

/** allDay says that the block takes the whole day, of however many hours. */
export function allDay(block: Block): boolean {
  return block.from === 0 && block.to === dayMinutes;
}

/** Band is the part of the day that is drawn, in minutes on whole hours. */
export type Band = { from: number; to: number };

/** The working day is always in sight. */
const workingDay: Band = { from: 7 * 60, to: 17 * 60 };

/** bandOf is the working day, widened to hold every block that has a time of day. What is not known, often until midnight, does not widen it. */
export function bandOf(weeks: readonly Week[]): Band {
  let { from, to } = workingDay;
  for (const block of weeks.flatMap((week) => week.days.flatMap((day) => day.blocks))) {
    if (block.meaning === "unknown" || allDay(block)) continue;
    from = Math.min(from, Math.floor(block.from / 60) * 60);
    to = Math.max(to, Math.ceil(block.to / 60) * 60);
  }
  return { from, to };
}

/** marks are the hours written beside a row: few enough not to touch. */
export function marks(band: Band): number[] {
  const step = band.to - band.from > 16 * 60 ? 360 : band.to - band.from > 10 * 60 ? 240 : 180;
  const list: number[] = [];
  for (let at = Math.ceil(band.from / step) * step; at <= band.to; at += step) list.push(at);
  return list;
}

/** Place is a rectangle in percent of a week's row. */
export type Place = { x: number; y: number; width: number; height: number };

/** The shortest block can still be seen. */
const leastHeight = 3;

/** placeOf puts a block in its column. What lies outside the band is cut, null when that is all; what is too low to see is made higher inwards. */
export function placeOf(block: Pick<Block, "from" | "to">, column: number, band: Band): Place | null {
  if (block.to <= band.from || block.from >= band.to) return null;
  const length = band.to - band.from;
  const top = ((Math.max(block.from, band.from) - band.from) / length) * 100;
  const bottom = ((Math.min(block.to, band.to) - band.from) / length) * 100;
  const height = Math.max(bottom - top, leastHeight);
  return { x: round((column * 100) / 7), y: round(Math.min(top, 100 - height)), width: round(100 / 7), height: round(height) };
}

/** minutesIn sums what the spans cover, for one sentence about them. Merged spans are taken for granted. */
export function minutesIn(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + (Date.parse(span.end) - Date.parse(span.start)) / minute, 0);
}

/** clockOf writes minutes since 00:00 as people do: "08:30", "24:00". */
export function clockOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** weekday counts from Monday, 0. */
export function weekday(day: Day): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** weekNumber after ISO 8601: the first week of a year is the one that holds its first Thursday. */
export function weekNumber(day: Day): number {
  const thursday = plusDays(day, 3 - weekday(day));
  return Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01`, thursday) / 7) + 1;
}

export function plusDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMinutes * minute).toISOString().slice(0, 10);
}

function midnight(day: Day, zone: string): number {
  return parseDate(day).toDate(zone).getTime();
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
