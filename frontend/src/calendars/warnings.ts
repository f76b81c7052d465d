/** What a calendar's reader did not understand, in the order in which it matters. Pure. */
import type { Schemas } from "../api/client";

export type Warning = Schemas["FeedWarning"];

/** Codes whose cause changes what others see of the person's time. They come first. */
const changing = ["missing", "structure", "start", "end", "rule", "budget", "zone", "date", "rule_part"];
const harmless = ["line", "zone_differ", "ignored"];

/** The note that there were more stands last. */
const order = [...changing, ...harmless];

export type Group = { code: string; changes: boolean; warnings: Warning[] };

/** groupsOf gathers warnings by code: what changes the person's time first, then what does not, then what this page does not know. */
export function groupsOf(warnings: readonly Warning[]): Group[] {
  const groups = new Map<string, Group>();
  for (const warning of warnings) {
    const group = groups.get(warning.code);
    if (group) group.warnings.push(warning);
    else groups.set(warning.code, { code: warning.code, changes: changing.includes(warning.code), warnings: [warning] });
  }
  return [...groups.values()].sort((a, b) => rank(a.code) - rank(b.code));
}

function rank(code: string): number {
  if (code === "more") return order.length + 1;
  const at = order.indexOf(code);
  return at < 0 ? order.length : at;
}
