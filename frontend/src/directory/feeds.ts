import type { Schemas } from "../api/client";

export type Feed = Schemas["FeedView"];

/** Owner is somebody with calendars; how fresh they are is known for the person, not for each calendar. */
export type Owner = { person: Feed["person"]; calendar: Feed["calendar"]; own: boolean; feeds: Feed[] };

/** Broken first, and of those what cannot be read before what is old. */
const worry: Record<Feed["calendar"]["state"], number> = { unknown: 0, stale: 1, none: 2, fresh: 3 };

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
