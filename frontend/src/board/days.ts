import { dayOf, daysBetween } from "../ui/time";

/** Section of the board. What should have happened already stands first. */
export type Section = "overdue" | "today" | "tomorrow" | "later";

export function sectionOf(discharge: Date, now: Date, zone: string): Section {
  const days = daysBetween(dayOf(now, zone), dayOf(discharge, zone));
  if (discharge.getTime() < now.getTime()) return "overdue";
  if (days === 0) return "today";
  return days === 1 ? "tomorrow" : "later";
}

/** groupByDay keeps the server's order within each section and leaves empty sections out. */
export function groupByDay<T extends { discharge: string }>(cases: readonly T[], now: Date, zone: string): { section: Section; cases: T[] }[] {
  const order: Section[] = ["overdue", "today", "tomorrow", "later"];
  return order
    .map((section) => ({ section, cases: cases.filter((c) => sectionOf(new Date(c.discharge), now, zone) === section) }))
    .filter((group) => group.cases.length > 0);
}
