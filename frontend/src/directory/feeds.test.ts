import { describe, expect, it } from "vitest";
import { broken, ownersOf, type Feed } from "./feeds";

function feed(id: string, name: string, state: Feed["calendar"]["state"], kind = "busy"): Feed {
  return { person: { id, name }, calendar: { state }, kind, address: "https://calendar.example", events: 1, warnings: 0 };
}

const feeds = [feed("a", "Åse", "fresh"), feed("z", "Zara", "fresh"), feed("o", "Odd", "unknown"), feed("n", "Anna", "stale"), feed("o", "Odd", "unknown", "duty"), feed("m", "Marte", "fresh")];

describe("ownersOf", () => {
  it("puts one's own first, then what cannot be read, then what is old, then by name", () => {
    expect(ownersOf(feeds, "m", "nb").map((o) => o.person.name)).toEqual(["Marte", "Odd", "Anna", "Zara", "Åse"]);
  });
  it("gathers the calendars of one person", () => { expect(ownersOf(feeds, "m", "nb")[1]?.feeds.map((f) => f.kind)).toEqual(["busy", "duty"]); });
  it("works for somebody without a calendar", () => { expect(ownersOf(feeds, undefined, "nb").some((o) => o.own)).toBe(false); });
  it("counts who needs help", () => { expect(broken(ownersOf(feeds, "m", "nb"))).toBe(2); });
});
