import { describe, expect, it } from "vitest";
import { parseAnswer, parseRequest, type Answer } from "./finder";
import { sparing, standingRequests, standingsOf } from "./standing";

const request = parseRequest({
  duration_min: 20, grid_min: 10, tz: "Europe/Oslo", window: { from: "2026-11-27T11:45:00Z", to: "2026-11-27T13:30:00Z" }, min_notice_min: 10,
  deadline: "2026-11-27T13:30:00Z", need: [{ id: "gp", any_of: ["ida"] }], policy: { outside_hours: "allow", tentative: "free", use_duty: true },
});
const start = "2026-11-27T12:10:00Z";

const answer = (suggestion: object | null): Answer => parseAnswer({
  feasible: suggestion ? 1 : 0, freshness: {}, rejected: { starts_total: 1, feasible: 1, by_need: [], by_rule: {}, relax: [] },
  suggestions: suggestion ? [{ start, end: start, cast: {}, want_met: [], want_missed: [], missing: [], unknown: [], because: [], ...suggestion }] : [],
});

describe("standingRequests", () => {
  it("asks about each person once, for exactly the meeting's time, strictly", () => {
    const [one, ...more] = standingRequests(request, start, ["ida", "per", "ida"]);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ window: { from: start, to: "2026-11-27T12:30:00.000Z" }, policy: { outside_hours: "last_resort", tentative: "busy", use_duty: true } });
    expect(one?.need).toEqual([{ id: "anyone", any_of: ["ida", "per"] }]);
    expect(one?.want.map((w) => w.any_of)).toEqual([["ida"], ["per"]]);
    expect(one).not.toHaveProperty("deadline");
  });
  it("asks in parts no larger than a request may be", () => {
    const people = Array.from({ length: 45 }, (_, i) => `p${i}`);
    expect(standingRequests(request, start, people).map((r) => r.want.length)).toEqual([20, 20, 5]);
  });
  it("asks nothing about nobody", () => { expect(standingRequests(request, start, [])).toEqual([]); });
});

describe("standingsOf", () => {
  const requests = standingRequests(request, start, ["ida", "per", "eva", "ola", "siv"]);
  it("reads who can, who is doubtful, who cannot", () => {
    const found = standingsOf(requests, [answer({
      cast: { anyone: ["ida"] }, want_met: ["person per"],
      want_missed: [
        { id: "person ida", why: "seated" }, { id: "person eva", why: "unknown" },
        { id: "person ola", why: "busy_until", until: "2026-11-27T13:00:00Z" }, { id: "person siv", why: "passed_over" },
      ],
    })]);
    expect(Object.fromEntries(found)).toEqual({
      ida: { kind: "can" }, per: { kind: "can" }, siv: { kind: "can" },
      eva: { kind: "doubtful", why: "unknown", until: undefined }, ola: { kind: "cannot", why: "busy_until", until: "2026-11-27T13:00:00Z" },
    });
  });
  it("marks the best of them too when nothing better is known", () => {
    expect(standingsOf(requests, [answer({ cast: { anyone: ["ida"] }, unknown: ["ida"] })]).get("ida")).toEqual({ kind: "doubtful", why: "unknown" });
    const late = answer({ cast: { anyone: ["ida"] }, because: [{ code: "outside_hours", value: "1 people", points: -40000 }] });
    expect(standingsOf(requests, [late]).get("ida")).toEqual({ kind: "doubtful", why: "outside_hours" });
  });
  it("knows that nobody can when there is no answer for the start", () => {
    expect([...standingsOf(requests, [answer(null)]).values()].every((s) => s.kind === "cannot")).toBe(true);
  });
});

describe("sparing", () => {
  const standings = new Map([["ida", { kind: "cannot" as const, why: "held" }], ["per", { kind: "cannot" as const, why: "held" }], ["jon", { kind: "cannot" as const, why: "busy_until" }]]);
  it("forgets one's own hold and nothing else", () => {
    const seen = sparing(standings, ["ida", "jon"]);
    expect(["ida", "per", "jon"].map((p) => seen?.get(p)?.kind)).toEqual(["can", "cannot", "cannot"]);
    expect(sparing(undefined, ["ida"])).toBeUndefined();
  });
});
