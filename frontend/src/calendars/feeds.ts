import type { Schemas } from "../api/client";
import type { Level } from "../ui/FlagMark";

export type Feed = Schemas["FeedView"];
export type Kind = Feed["kind"];
export type CalendarState = Feed["calendar"];

export const kinds = ["busy", "hours", "duty"] as const satisfies readonly Kind[];

/** OwnKind of a calendar that somebody may add: duty plans come from the region's file. */
export type OwnKind = (typeof kinds)[number];

/** Owner is somebody with calendars; how certain their time is, is known for the person over all of them. */
export type Owner = { person: Feed["person"]; calendar: CalendarState; own: boolean; feeds: Feed[] };

/** Broken first, and of those what cannot be read before what is old. */
const worry: Record<CalendarState["state"], number> = { unknown: 0, stale: 1, none: 2, fresh: 3 };

/** ownersOf gathers feeds by person: your own first, then the broken ones, then by name. */
export function ownersOf(feeds: readonly Feed[], me: string | undefined, language: string): Owner[] {
  const owners = new Map<string, Owner>();
  for (const feed of feeds) {
    const owner = owners.get(feed.person.id);
    if (owner) owner.feeds.push(feed);
    else owners.set(feed.person.id, { person: feed.person, calendar: feed.calendar, own: feed.person.id === me, feeds: [feed] });
  }
  return [...owners.values()].sort((a, b) =>
    Number(b.own) - Number(a.own) || worry[a.calendar.state] - worry[b.calendar.state] || a.person.name.localeCompare(b.person.name, language));
}

/** broken counts the people whose calendar needs help. */
export function broken(owners: readonly Owner[]): number {
  return owners.filter((o) => o.calendar.state === "unknown" || o.calendar.state === "stale").length;
}

/** levelOf: what cannot be read is not known, and what is not known is grey, never green. */
export function levelOf(state: CalendarState["state"]): Level {
  switch (state) {
    case "fresh": return "ok";
    case "stale": return "amber";
    case "unknown":
    case "none": return "grey";
  }
}

/** Standing is how one feed is, apart from its owner's others. */
export type Standing =
  | { kind: "read" | "never" | "suspicious" }
  | { kind: "failing"; why: string; since: string | null; kept: boolean };

/** standingOf: a failure outweighs an old doubt, for it is what can be mended. */
export function standingOf(feed: Feed): Standing {
  if (feed.why && feed.why !== "never_read") return { kind: "failing", why: feed.why, since: feed.failing_since ?? null, kept: Boolean(feed.read_at) };
  if (feed.suspicious) return { kind: "suspicious" };
  return { kind: feed.read_at ? "read" : "never" };
}

/** levelOfFeed marks one feed as levelOf marks a person's calendar. */
export function levelOfFeed(standing: Standing): Level {
  switch (standing.kind) {
    case "read": return "ok";
    case "suspicious": return "amber";
    case "never": return "grey";
    case "failing": return standing.kept ? "amber" : "grey";
  }
}

const schemes = /^(https?|webcals?|caldavs?):\/\/[^\s/]+\.?[^\s]*$/i;

/** addressOf is what was pasted, ready to be sent; null for what cannot be an address. An address without a scheme is taken for https. */
export function addressOf(pasted: string): string | null {
  const text = pasted.trim();
  if (schemes.test(text)) return text;
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+\/\S+$/i.test(text) ? `https://${text}` : null;
}

/** fileLimit is what the server takes, in bytes. */
export const fileLimit = 5 * 1024 * 1024;

/** Refusal is why a calendar was not added. "address": it is not fetched from at all, so trying again is no use. "other" is told by its problem. */
export type Refusal = { kind: "unreadable"; why: string } | { kind: "address" | "many" | "other" };

/** refusalOf: a refusal by the calendar's own server comes without a detail, ours to ask at that address comes with one. */
export function refusalOf(problem: { kind: string; why: string; detail: string }): Refusal {
  if (problem.kind === "too-many-feeds") return { kind: "many" };
  if (problem.kind !== "feed-unreadable") return { kind: "other" };
  return problem.why === "refused" && problem.detail ? { kind: "address" } : { kind: "unreadable", why: problem.why || "unreadable" };
}
