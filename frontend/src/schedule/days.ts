import { dayOf, type Day } from "../ui/time";

export type DayOfStarts = { day: Day; starts: string[] };

/** startsByDay groups starts by the civil day of the zone, both in order of time. */
export function startsByDay(starts: readonly string[], zone: string): DayOfStarts[] {
  const days = new Map<Day, string[]>();
  for (const start of [...starts].sort((a, b) => Date.parse(a) - Date.parse(b))) {
    const day = dayOf(new Date(start), zone);
    const of = days.get(day);
    if (of) of.push(start);
    else days.set(day, [start]);
  }
  return [...days].map(([day, of]) => ({ day, starts: of }));
}

/** Span is elapsed time in the words people use for a margin: minutes under an hour, then hours, then days. */
export type Span = { kind: "minutes" | "hours" | "days"; count: number } | { kind: "hours_minutes"; hours: number; minutes: number };

/** spanOf takes whole minutes, not negative. */
export function spanOf(minutes: number): Span {
  if (minutes < 60) return { kind: "minutes", count: minutes };
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return { kind: "days", count: Math.floor(hours / 24) };
  const rest = minutes % 60;
  if (rest === 0 || hours >= 6) return { kind: "hours", count: hours };
  return { kind: "hours_minutes", hours, minutes: rest };
}

/** Margin says how a meeting lies to the discharge, in whole minutes. */
export type Margin = { side: "before" | "after"; minutes: number };

/** marginOf: a meeting that ends at or before the discharge is before it; one that has not ended by then counts as after. */
export function marginOf(start: string, end: string, discharge: string): Margin {
  const left = Date.parse(discharge) - Date.parse(end);
  if (left >= 0) return { side: "before", minutes: Math.floor(left / 60_000) };
  return { side: "after", minutes: Math.max(0, Math.floor((Date.parse(start) - Date.parse(discharge)) / 60_000)) };
}
