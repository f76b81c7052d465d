import type { Schemas } from "../api/client";
import type { Level } from "../ui/FlagMark";

export type Flag = Schemas["FlagView"];
export type Card = Schemas["CaseCard"];

/** Deed is what a flag's button does: write something, open a dialog, or go somewhere. */
export type Deed =
  | { kind: "acknowledge" | "tell" | "edit_discharge" }
  | { kind: "find_time" | "open_meeting" | "repair_meeting" | "check_calendar"; href: string };

export function worst(flags: readonly Flag[]): Level {
  for (const level of ["red", "amber", "grey"] as const) {
    if (flags.some((f) => f.level === level)) return level;
  }
  return "ok";
}

/** deedOf is the flag's one action as far as this person may do it; null when it is somebody else's to do. */
export function deedOf(flag: Flag, card: Pick<Card, "id" | "may" | "conference">): Deed | null {
  const may = (what: string) => card.may?.includes(what) ?? false;
  switch (flag.action) {
    case "acknowledge":
      return may("acknowledge") ? { kind: "acknowledge" } : null;
    case "tell": // whoever can answer for the receiver need not wait to be told
      if (may("acknowledge")) return { kind: "acknowledge" };
      return may("tell") ? { kind: "tell" } : null;
    case "edit_discharge":
      return may("edit") ? { kind: "edit_discharge" } : null;
    case "find_time":
      return may("find_time") ? { kind: "find_time", href: `/cases/${card.id}?find=1` } : null;
    case "open_meeting": {
      const meeting = flag.target || card.conference?.id;
      return meeting ? { kind: "open_meeting", href: `/meetings/${meeting}` } : null;
    }
    case "repair_meeting": {
      const meeting = flag.target || card.conference?.id;
      return meeting && may("book") ? { kind: "repair_meeting", href: `/meetings/${meeting}?repair=1` } : null;
    }
    case "check_calendar":
      return { kind: "check_calendar", href: flag.target ? `/feeds#${flag.target}` : "/feeds" };
    case undefined:
      return null;
  }
}

/** Line is a flag with its button. A deed that a worse flag of the same case already offers is not offered twice. */
export type Line = { flag: Flag; deed: Deed | null };

export function linesOf(card: Pick<Card, "id" | "may" | "conference" | "flags">): Line[] {
  const offered = new Set<string>();
  return (card.flags ?? []).map((flag) => {
    const deed = deedOf(flag, card);
    if (!deed) return { flag, deed };
    const name = "href" in deed ? deed.kind + deed.href : deed.kind;
    if (offered.has(name)) return { flag, deed: null };
    offered.add(name);
    return { flag, deed };
  });
}
