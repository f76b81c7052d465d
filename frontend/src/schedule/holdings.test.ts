import { describe, expect, it } from "vitest";
import { castOfHold, holdingsOf, holdOf, inTheWay, sameHold, suggestionOf, waitFor } from "./holdings";
import type { Hold } from "./holds";

const start = "2026-11-27T12:10:00Z";
const end = "2026-11-27T12:30:00Z";
const hold = (id: string, more: Partial<Hold> = {}): Hold => ({
  id, case: "c1", start, end, until: "2026-11-27T11:53:00Z", by: { id: "marte", name: "Marte Solli" }, unit: { id: "med-a", name: "Med A", kind: "ward" },
  mine: false, offer: false, extensions: 2, cast: [{ seat: "gp", person: "ida" }, { seat: "nurse", person: "hilde" }], ...more,
});

describe("holdOf", () => {
  it("holds everybody of the cast for the whole time", () => {
    expect(holdOf("c1", { start, end, cast: { gp: ["ida"], nurse: ["hilde", "randi"] } })).toEqual({
      case: "c1", start, duration_min: 20, cast: [{ seat: "gp", person: "ida" }, { seat: "nurse", person: "hilde" }, { seat: "nurse", person: "randi" }],
    });
  });
  it("holds nothing for nobody", () => { expect(holdOf("c1", { start, end, cast: {} })).toBeNull(); });
  it("comes back as the suggestion it was", () => {
    expect(holdOf("c1", suggestionOf(hold("h")))).toEqual({ case: "c1", start, duration_min: 20, cast: hold("h").cast });
    expect(castOfHold(hold("h"))).toEqual({ gp: "ida", nurse: "hilde" });
    expect(castOfHold({ cast: null })).toEqual({});
  });
});

describe("holdingsOf", () => {
  it("tells mine from others' and from what the server offers, and drops what has run out", () => {
    const holds = [hold("late", { start: "2026-11-27T13:00:00Z" }), hold("mine", { mine: true }), hold("offer", { offer: true, mine: true }), hold("over", { until: "2026-11-27T11:45:00Z" }), hold("soon")];
    const sorted = holdingsOf(holds, Date.parse("2026-11-27T11:45:00Z"));
    expect([sorted.mine, sorted.others, sorted.offers].map((l) => l.map((h) => h.id))).toEqual([["mine"], ["soon", "late"], ["offer"]]);
  });
});

describe("sameHold", () => {
  const mine = [hold("mine")];
  it("is the hold of the same time and people, whatever their order", () => {
    expect(sameHold(mine, { start, end, cast: { nurse: ["hilde"], gp: ["ida"] } })?.id).toBe("mine");
    expect(sameHold(mine, { start, end, cast: { nurse: ["hilde"], gp: ["per"] } })).toBeNull();
    expect(sameHold(mine, { start: "2026-11-27T12:00:00Z", end, cast: { nurse: ["hilde"], gp: ["ida"] } })).toBeNull();
    expect(sameHold([], { start, end, cast: { gp: ["ida"] } })).toBeNull();
  });
});

describe("inTheWay", () => {
  const offers = [hold("offer", { offer: true })];
  it("is an offer at an overlapping time that holds one of the same people", () => {
    expect(inTheWay(offers, { start: "2026-11-27T12:20:00Z", end: "2026-11-27T12:40:00Z", cast: { gp: ["ida"] } })?.id).toBe("offer");
    expect(inTheWay(offers, { start: "2026-11-27T12:30:00Z", end: "2026-11-27T12:50:00Z", cast: { gp: ["ida"] } })).toBeNull();
    expect(inTheWay(offers, { start, end, cast: { gp: ["per"] } })).toBeNull();
  });
});

describe("waitFor", () => {
  const request = { duration_min: 20, tz: "Europe/Oslo", window: { from: "2026-11-27T11:45:00Z", to: "2026-11-30T11:45:00Z" }, need: [], want: [], list: "starts" as const };
  it("keeps the deadline, or waits to the end of the window", () => {
    expect(waitFor({ ...request, deadline: end })).toMatchObject({ deadline: end, list: undefined });
    expect(waitFor(request)).toMatchObject({ deadline: "2026-11-30T11:45:00Z", list: undefined });
  });
});
