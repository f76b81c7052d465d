import { describe, expect, it } from "vitest";
import { answerOf, byNeed, countAnswers, lost, standingOf, type Participant, type Standing } from "./standing";

const opens = "2026-11-27T11:40:00Z";
const end = "2026-11-27T12:30:00Z";

describe("standingOf", () => {
  const stands = (name: string, state: "booked" | "running" | "ended" | "cancelled", guest: "" | "patient", now: string, want: Standing) => {
    it(name, () => { expect(standingOf({ state, guest, opens_at: opens, end }, new Date(now))).toBe(want); });
  };
  stands("keeps a guest outside before the door opens", "booked", "patient", "2026-11-27T11:39:59Z", "early");
  stands("opens for a guest at the time itself", "booked", "patient", opens, "open");
  stands("lets staff meet early", "booked", "", "2026-11-26T08:00:00Z", "open");
  stands("is open while it runs", "running", "patient", "2026-11-27T12:10:00Z", "open");
  stands("works for ten minutes after the end", "ended", "patient", "2026-11-27T12:39:59Z", "open");
  stands("is over then", "ended", "", "2026-11-27T12:40:00Z", "over");
  stands("is cancelled whatever the time", "cancelled", "patient", "2026-11-27T12:10:00Z", "cancelled");
});

function person(key: string, need: string, reply: string): Participant {
  return { key, need, reply, name: key, seat: key, host: false, you: false, visitor: false, link_used: false, revoked: false };
}

const people = [person("a", "offered", "needs_action"), person("b", "required", "declined"), person("c", "optional", "declined"), person("d", "required", "accepted"), person("e", "odd", "tentative")];

describe("participants", () => {
  it("stand in the order of need, then of their seats", () => { expect(byNeed(people).map((p) => p.key)).toEqual(["b", "d", "c", "a", "e"]); });
  it("are counted by what they said", () => { expect(countAnswers(people)).toEqual({ yes: 1, no: 2, open: 2 }); });
  it("are not counted when nobody asked them", () => {
    const unasked: Participant[] = [{ ...person("f", "optional", "accepted"), by_hand: "phone" }, { ...person("g", "optional", ""), visitor: true }, { ...person("h", "offered", ""), revoked: true }];
    expect(countAnswers([...people, ...unasked])).toEqual({ yes: 1, no: 2, open: 2 });
  });
  it("are lost when needed and unable", () => { expect(lost(people).map((p) => p.key)).toEqual(["b"]); });
  it("are silent until they answer", () => { expect(answerOf("needs_action")).toBe("silent"); });
});
