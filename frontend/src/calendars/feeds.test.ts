import { describe, expect, it } from "vitest";
import { addressOf, broken, levelOfFeed, ownersOf, refusalOf, standingOf, type Feed } from "./feeds";

function feed(id: string, name: string, state: Feed["calendar"]["state"], more: Partial<Feed> = {}): Feed {
  return { id: `${id}-${more.kind ?? "busy"}`, person: { id, name }, calendar: { state }, kind: "busy", origin: "added", mine: false, address: "calendar.example", events: 1, warnings: 0, suspicious: false, ...more };
}

const feeds = [feed("a", "Åse", "fresh"), feed("z", "Zara", "fresh"), feed("o", "Odd", "unknown"), feed("n", "Anna", "stale"), feed("o", "Odd", "unknown", { kind: "duty" }), feed("m", "Marte", "fresh")];

describe("ownersOf", () => {
  it("puts one's own first, then what cannot be read, then what is old, then by name", () => {
    expect(ownersOf(feeds, "m", "nb").map((o) => o.person.name)).toEqual(["Marte", "Odd", "Anna", "Zara", "Åse"]);
  });
  it("gathers the calendars of one person", () => { expect(ownersOf(feeds, "m", "nb")[1]?.feeds.map((f) => f.kind)).toEqual(["busy", "duty"]); });
  it("works for somebody without a calendar", () => { expect(ownersOf(feeds, undefined, "nb").some((o) => o.own)).toBe(false); });
  it("counts who needs help", () => { expect(broken(ownersOf(feeds, "m", "nb"))).toBe(2); });
});

describe("standingOf", () => {
  const read_at = "2026-11-27T11:00:00Z";
  const stands = (name: string, more: Partial<Feed>, kind: string, level: string) => {
    it(`is ${kind} for ${name}`, () => {
      const standing = standingOf(feed("a", "Åse", "fresh", more));
      expect([standing.kind, levelOfFeed(standing)]).toEqual([kind, level]);
    });
  };
  stands("a good copy", { read_at }, "read", "ok");
  stands("one that waits for its first reading", { why: "never_read" }, "never", "grey");
  stands("one that fails with a copy", { read_at, why: "unreachable", failing_since: read_at }, "failing", "amber");
  stands("one that fails without a copy", { why: "not_found" }, "failing", "grey");
  stands("one that lost nearly everything", { read_at, suspicious: true }, "suspicious", "amber");
  stands("one that lost everything and then failed", { read_at, suspicious: true, why: "refused" }, "failing", "amber");
});

describe("addressOf", () => {
  const takes = (pasted: string, sent: string | null) => { it(`${sent ? "takes" : "refuses"} ${JSON.stringify(pasted)}`, () => { expect(addressOf(pasted)).toBe(sent); }); };
  takes("https://calendar.example/a.ics", "https://calendar.example/a.ics");
  takes("  webcal://calendar.example/a.ics\n", "webcal://calendar.example/a.ics");
  takes("http://localhost:8080/a.ics", "http://localhost:8080/a.ics");
  takes("calendar.example/a.ics", "https://calendar.example/a.ics");
  takes("name@hospital.example", null);
  takes("javascript:alert(1)", null);
  takes("my calendar", null);
  takes("", null);
});

describe("refusalOf", () => {
  const tells = (kind: string, why: string, detail: string, told: object) => { it(`tells ${JSON.stringify(told)}`, () => { expect(refusalOf({ kind, why, detail })).toEqual(told); }); };
  tells("feed-unreadable", "not_found", "", { kind: "unreadable", why: "not_found" });
  tells("feed-unreadable", "unreadable", "the file ends too early", { kind: "unreadable", why: "unreadable" });
  tells("feed-unreadable", "refused", "", { kind: "unreadable", why: "refused" });
  tells("feed-unreadable", "refused", "this address is not fetched", { kind: "address" });
  tells("too-many-feeds", "", "", { kind: "many" });
  tells("store-down", "", "", { kind: "other" });
});
