import { parseDate } from "@internationalized/date";
import type { Schemas } from "../api/client";
import { dayOf, daysBetween, type Day } from "../ui/time";

/** Geometry of the time grid: which days and columns there are, and what somebody's time is in each. Pure. */

export type GridView = Schemas["GridView"];
export type GridPerson = Schemas["GridPerson"];
type GridSpan = Schemas["GridSpan"];

/** The weakest first: of two that overlap the later one shows. */
export const states = ["free", "duty", "outside_hours", "unknown", "tentative", "busy", "booked", "held"] as const;
export type GridState = (typeof states)[number];

/** GridDay is a day with its columns, each the instant at which it begins. */
export type GridDay = { day: Day; columns: readonly number[] };

/** GridCell is one column of one person. first: a run of the same begins here. */
export type GridCell = { state: GridState; heldBy: string; first: boolean };

const minute = 60_000;
const hour = 60 * minute;

/** Between these hours of a day people's own hours decide what is shown; before and after only a start that would do. */
const earliest = 6 * hour;
const latest = 22 * hour;

/** States in which nobody is at work. */
const away = new Set<string>(["outside_hours", "duty", "unknown"]);

/** gridDays are the days on which anybody works or a start would do, each from the first such hour to the last. */
export function gridDays(view: Pick<GridView, "from" | "to" | "people" | "starts">, stepMinutes: number, zone: string): GridDay[] {
  const [from, to] = [Date.parse(view.from), Date.parse(view.to)];
  const starts = (view.starts ?? []).map((s) => Date.parse(s));
  const people = (view.people ?? []).map((p) => (p.spans ?? []).filter((s) => away.has(s.state)));
  const first = parseDate(dayOf(new Date(from), zone));
  const count = daysBetween(dayOf(new Date(from), zone), dayOf(new Date(to - 1), zone)) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => first.add({ days: n })).flatMap((date) => {
    const midnight = date.toDate(zone).getTime();
    const next = date.add({ days: 1 }).toDate(zone).getTime();
    const begin = Math.max(from, midnight + earliest);
    const end = Math.min(to, midnight + latest);
    const bounds = [
      ...people.flatMap((spans) => edges(spans, begin, end)),
      ...starts.filter((s) => s >= midnight && s < next).flatMap((s) => [s, s + stepMinutes * minute]),
    ];
    if (bounds.length === 0) return [];
    const open = midnight + Math.floor((Math.min(...bounds) - midnight) / hour) * hour;
    const close = midnight + Math.ceil((Math.max(...bounds) - midnight) / hour) * hour;
    const columns: number[] = [];
    for (let at = open; at < Math.min(close, next); at += stepMinutes * minute) {
      if (at >= from - stepMinutes * minute && at < to) columns.push(at);
    }
    return columns.length > 0 ? [{ day: date.toString(), columns }] : [];
  });
}

/** edges are the first and the last instant between two that no span covers; none when all is covered. */
function edges(spans: readonly GridSpan[], from: number, to: number): number[] {
  if (from >= to) return [];
  const covers = (at: number, side: "start" | "end") =>
    spans.find((s) => (side === "start" ? Date.parse(s.start) <= at && at < Date.parse(s.end) : Date.parse(s.start) < at && at <= Date.parse(s.end)));
  let first = from;
  for (let by = covers(first, "start"); by && first < to; by = covers(first, "start")) first = Date.parse(by.end);
  if (first >= to) return [];
  let last = to;
  for (let by = covers(last, "end"); by && last > first; by = covers(last, "end")) last = Date.parse(by.start);
  return last > first ? [first, last] : [];
}

/** gridCells says what somebody's time is in each column. The columns rise. */
export function gridCells(person: Pick<GridPerson, "spans">, columns: readonly number[], stepMinutes: number): GridCell[] {
  const strength = columns.map(() => 0);
  const held = columns.map(() => "");
  const step = stepMinutes * minute;
  for (const span of person.spans ?? []) {
    const rank = states.indexOf(span.state);
    const [start, end] = [Date.parse(span.start), Date.parse(span.end)];
    for (let i = firstAfter(columns, start - step); i < columns.length && (columns[i] ?? end) < end; i += 1) {
      if (rank < (strength[i] ?? 0)) continue;
      strength[i] = rank;
      held[i] = span.state === "held" ? (span.held_by?.name ?? "") : "";
    }
  }
  return columns.map((at, i) => {
    const joined = i > 0 && at - (columns[i - 1] ?? 0) === step;
    const same = joined && strength[i] === strength[i - 1] && held[i] === held[i - 1];
    return { state: states[strength[i] ?? 0] ?? "free", heldBy: held[i] ?? "", first: !same };
  });
}

/** firstAfter is the index of the first column that begins later than an instant. */
function firstAfter(columns: readonly number[], at: number): number {
  let [low, high] = [0, columns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((columns[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** gridHours groups columns by the hour they lie in, for the heads above them. */
export function gridHours(columns: readonly number[], hourOf: (at: number) => string): { hour: string; first: number; count: number }[] {
  const groups: { hour: string; first: number; count: number }[] = [];
  for (const at of columns) {
    const last = groups.at(-1);
    const name = hourOf(at);
    if (last && last.hour === name) last.count += 1;
    else groups.push({ hour: name, first: at, count: 1 });
  }
  return groups;
}

/** Spot is a cell of the grid: row 0 holds the starts, the people follow. */
export type Spot = { row: number; column: number };

/** Extent is how large the grid is: people and starts in rows, and how many columns each day has. */
export type Extent = { rows: number; days: readonly number[]; works: (column: number) => boolean };

/** movedSpot is where a key leads; null: the key means nothing here. ahead: Control is held, to the next start that works. */
export function movedSpot(spot: Spot, key: string, ahead: boolean, { rows, days, works }: Extent): Spot | null {
  const width = days.reduce((sum, n) => sum + n, 0);
  const within = (column: number) => Math.min(Math.max(column, 0), width - 1);
  const firsts = days.map((_, i) => days.slice(0, i).reduce((sum, n) => sum + n, 0));
  const today = firsts.findLastIndex((first) => first <= spot.column);
  const first = firsts[today] ?? 0;
  switch (key) {
    case "ArrowLeft":
    case "ArrowRight": {
      const step = key === "ArrowLeft" ? -1 : 1;
      if (!ahead) return { ...spot, column: within(spot.column + step) };
      for (let column = spot.column + step; column >= 0 && column < width; column += step) {
        if (works(column)) return { ...spot, column };
      }
      return spot;
    }
    case "ArrowUp": return { ...spot, row: Math.max(0, spot.row - 1) };
    case "ArrowDown": return { ...spot, row: Math.min(rows - 1, spot.row + 1) };
    case "Home": return ahead ? { row: 0, column: 0 } : { ...spot, column: first };
    case "End": return ahead ? { row: rows - 1, column: width - 1 } : { ...spot, column: first + (days[today] ?? 1) - 1 };
    case "PageUp":
    case "PageDown": {
      const other = Math.min(Math.max(today + (key === "PageUp" ? -1 : 1), 0), days.length - 1);
      return { ...spot, column: (firsts[other] ?? 0) + Math.min(spot.column - first, (days[other] ?? 1) - 1) };
    }
  }
  return null;
}
