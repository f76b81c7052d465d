import { describe, expect, it } from "vitest";
import { parseAnswer, parseRequest } from "./finder";
import { adapted, atStart, relaxed, sameAnswer, sameSearch, soonFrom, unchanged, withChange, withDuration, withoutChange, type Change } from "./search";

const base = parseRequest({
  purpose: "discharge", duration_min: 20, grid_min: 10, tz: "Europe/Oslo", min_notice_min: 10, limit: 5, holidays: "NO",
  window: { from: "2026-11-27T11:45:00Z", to: "2026-11-27T13:30:00Z" }, deadline: "2026-11-27T13:30:00Z",
  need: [{ id: "gp", any_of: ["ida", "per"], k: 2, substitute: { any_of: ["arne"] } }, { id: "ward-nurse", any_of: ["marte"] }],
  want: [{ id: "physio", any_of: ["eirik"], weight: 20 }],
  policy: { outside_hours: "never", unknown: "offer_marked", tentative: "busy", use_duty: false, travel_min: 15 },
});

describe("adapted", () => {
  it("changes nothing of an unchanged search", () => { expect(adapted(base, unchanged)).toEqual(base); });
  it("takes the chosen length", () => { expect(adapted(base, withDuration(unchanged, 45)).duration_min).toBe(45); });
  it("leaves uncertain calendars out", () => { expect(adapted(base, { ...unchanged, uncertain: false }).policy?.unknown).toBe("exclude"); });
  it("looks three days beyond the discharge without a deadline", () => {
    const later = adapted(base, { ...unchanged, after: true });
    expect(later.deadline).toBeUndefined();
    expect(later.window).toEqual({ from: base.window.from, to: "2026-11-30T13:30:00.000Z" });
  });
  it("ends a search for a meeting soon where that is earlier", () => {
    const soon = (until: string) => adapted(base, { ...unchanged, until }).window.to;
    const before = new Date(Date.parse(base.window.to) - 60_000).toISOString();
    expect(soon(before)).toBe(before);
    expect(soon("2030-01-01T00:00:00Z")).toBe(base.window.to);
  });
  it("means three hours by soon, on a whole minute", () => { expect(soonFrom(new Date("2026-11-27T11:45:33Z"))).toBe("2026-11-27T14:45:00.000Z"); });
  it("sends nothing that the case did not say", () => { expect(JSON.parse(JSON.stringify(adapted(base, unchanged)))).not.toHaveProperty("list"); });
});

describe("relaxed", () => {
  const policy = (change: Change) => relaxed(base, change).policy;
  it("applies each change of the policy", () => {
    expect(policy({ code: "tentative_free" })?.tentative).toBe("free");
    expect(policy({ code: "use_duty" })?.use_duty).toBe(true);
    expect(policy({ code: "outside_hours" })?.outside_hours).toBe("last_resort");
    expect(policy({ code: "no_buffer" })).toMatchObject({ buffer_min: 0, travel_min: 0 });
    expect(policy({ code: "unknown_offered" })?.unknown).toBe("offer_marked");
  });
  it("shortens, hurries and lets the deadline go", () => {
    expect(relaxed(base, { code: "shorter", value: 10 }).duration_min).toBe(10);
    expect(relaxed(base, { code: "min_notice" }).min_notice_min).toBe(0);
    expect(relaxed(base, { code: "deadline" }).deadline).toBeUndefined();
  });
  it("lets stand-ins come and asks for fewer", () => {
    expect(relaxed(base, { code: "stand_in", need: "gp", value: 25 }).need[0]?.substitute?.use).toBe(true);
    expect(relaxed(base, { code: "fewer", need: "gp", value: 1 }).need[0]?.k).toBe(1);
  });
  it("still wants whom it no longer needs", () => {
    const without = relaxed(base, { code: "without_need", need: "gp" });
    expect(without.need.map((n) => n.id)).toEqual(["ward-nurse"]);
    expect(without.want.map((w) => w.id)).toEqual(["physio", "gp"]);
  });
  it("never leaves the last seat out", () => {
    const one = relaxed(base, { code: "without_need", need: "gp" });
    expect(relaxed(one, { code: "without_need", need: "ward-nurse" })).toEqual(one);
  });
  it("applies both parts of two changes", () => {
    const both = relaxed(base, { code: "two_changes", parts: [{ code: "shorter", value: 15 }, { code: "without_need", need: "gp" }] });
    expect(both.duration_min).toBe(15);
    expect(both.need).toHaveLength(1);
  });
  it("leaves the request alone for a code of tomorrow", () => { expect(relaxed(base, { code: "by_telepathy" })).toEqual(base); });
});

describe("changes of a search", () => {
  const without: Change = { code: "without_need", need: "gp" };
  it("can be taken back", () => {
    const search = withChange(unchanged, without);
    expect(search.changes).toEqual([without]);
    expect(withoutChange(search, { ...without }).changes).toEqual([]);
  });
  it("are applied once", () => { expect(withChange(withChange(unchanged, without), without).changes).toHaveLength(1); });
  it("move the control that stands for them", () => {
    expect(withChange(unchanged, { code: "shorter", value: 15 })).toEqual({ ...unchanged, duration: 15 });
    expect(withChange({ ...unchanged, uncertain: false }, { code: "unknown_offered" })).toEqual(unchanged);
  });
  it("are a chip where no control has the length, until a length is chosen", () => {
    const search = withChange(unchanged, { code: "shorter", value: 10 });
    expect(search.changes).toHaveLength(1);
    expect(withDuration(search, 30)).toEqual({ ...unchanged, duration: 30 });
  });
});

it("atStart asks for one start of the meeting's length", () => {
  expect(atStart(base, "2026-11-27T12:10:00Z")).toMatchObject({ window: { from: "2026-11-27T12:10:00Z", to: "2026-11-27T12:30:00.000Z" }, limit: 1 });
});

it("sameSearch looks at people and rules, not at the clock", () => {
  expect(sameSearch(base, { ...base, window: { from: "2026-11-27T11:46:00Z", to: base.window.to } })).toBe(true);
  expect(sameSearch(base, { ...base, deadline: "2026-11-28T13:30:00Z" })).toBe(false);
  expect(sameSearch(base, { ...base, need: base.need.slice(1) })).toBe(false);
});

describe("sameAnswer", () => {
  const answer = (change: object) => parseAnswer({
    feasible: 1, freshness: {}, rejected: { starts_total: 9, feasible: 1, by_need: null, by_rule: {}, relax: null },
    suggestions: [{ start: "2026-11-27T12:10:00Z", end: "2026-11-27T12:30:00Z", cast: { gp: ["ida"] }, want_met: [], want_missed: [], missing: [], unknown: [], because: [], ...change }],
  });
  it("does not mind points that the clock has moved", () => {
    expect(sameAnswer(answer({}), answer({ because: [{ code: "deadline_slack", value: "59 min", points: 61 }] }))).toBe(true);
  });
  it("minds another cast", () => { expect(sameAnswer(answer({}), answer({ cast: { gp: ["per"] } }))).toBe(false); });
});
