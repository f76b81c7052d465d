import { dayOf, daysBetween } from "../ui/time";
import { worst, type Flag } from "./flags";

/** Section of the board. */
export type Section = "overdue" | "today" | "tomorrow" | "later";

export function sectionOf(discharge: Date, now: Date, zone: string): Section {
  const days = daysBetween(dayOf(now, zone), dayOf(discharge, zone));
  if (discharge.getTime() < now.getTime()) return "overdue";
  if (days === 0) return "today";
  return days === 1 ? "tomorrow" : "later";
}

/**
 * groupByDay keeps the server's order within each section and leaves empty sections out. What should have happened already
 * stands first when there is something to worry about in it, else last: today's patients come before yesterday's calm ones.
 */
export function groupByDay<T extends { discharge: string; flags?: readonly Flag[] | null }>(cases: readonly T[], now: Date, zone: string): { section: Section; cases: T[] }[] {
  const inSection = (section: Section) => cases.filter((c) => sectionOf(new Date(c.discharge), now, zone) === section);
  const worrying = inSection("overdue").some((c) => ["red", "amber"].includes(worst(c.flags ?? [])));
  const coming: Section[] = ["today", "tomorrow", "later"];
  const order: Section[] = worrying ? ["overdue", ...coming] : [...coming, "overdue"];
  return order.map((section) => ({ section, cases: inSection(section) })).filter((group) => group.cases.length > 0);
}
