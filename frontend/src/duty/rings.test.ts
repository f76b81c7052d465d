import { describe, expect, it } from "vitest";
import { at, kaja, odd, simen, testConsult, testNow, testRing } from "./consult.testing";
import type { Consult, Consults } from "./queries";
import { facing, farewellOf, nextMoment, ringsOf, stillRings, waitingCount } from "./rings";

type View = Pick<Consults, "ringing" | "promised">;
const rung = (id: string, ring: Parameters<typeof testRing>[0] = {}, more: Partial<Consult> = {}) => testConsult({ id, you: "rung", your_ring: testRing(ring), ...more });
const promised = (id: string, seconds: number) => testConsult({ id, you: "rung", state: "promised", promise: { by: kaja, at: at(seconds) } });
const view = (ringing: Consult[], promises: Consult[] = []): View => ({ ringing, promised: promises });
const nothing = new Set<string>();
const ids = (list: { consult: Consult }[]) => list.map((s) => s.consult.id);

describe("ringsOf", () => {
  it("puts the oldest ring first and silent cards aside", () => {
    const { loud, soft } = ringsOf(view([rung("b", { at: at(-2) }), rung("s", { soft: true }), rung("a", { at: at(-9) })]), testNow, nothing);
    expect(ids(loud)).toEqual(["a", "b"]);
    expect(ids(soft)).toEqual(["s"]);
  });
  it("lets a ring die with its own end, also when the server is silent", () => {
    expect(ringsOf(view([rung("a", { until: at(0) }), rung("b", { until: undefined })]), testNow, nothing).loud.map((s) => s.consult.id)).toEqual(["b"]);
  });
  it("shows no ring that has been answered or is over", () => {
    const answered = rung("a");
    const hidden = new Set([ringsOf(view([answered]), testNow, nothing).loud[0]?.key ?? ""]);
    expect(ringsOf(view([answered, rung("b", { outcome: "stopped" }), rung("c", {}, { state: "connected" })]), testNow, hidden).loud).toEqual([]);
  });
  it("rings again when the same consult comes back to the same person", () => {
    const first = ringsOf(view([rung("a")]), testNow, nothing).loud[0]?.key ?? "";
    expect(ids(ringsOf(view([rung("a", { at: at(-1) })]), testNow, new Set([first])).loud)).toEqual(["a"]);
  });
  it("rings for a promise of one's own at its time, for a minute, and not beside the server's ring", () => {
    const due = (seconds: number, ringing: Consult[] = []) => ringsOf(view(ringing, [promised("p", seconds)]), testNow, nothing).loud;
    expect(due(1)).toEqual([]);
    expect(due(0)).toMatchObject([{ due: true }]);
    expect(due(-59)).toHaveLength(1);
    expect(due(-60)).toEqual([]);
    expect(due(-1, [rung("p")])).toMatchObject([{ due: false }]);
  });
  it("has nothing before the first answer", () => { expect(ringsOf(undefined, testNow, nothing)).toEqual({ loud: [], soft: [] }); });
});

describe("facing", () => {
  const [a, b] = ringsOf(view([rung("a", { at: at(-9) }), rung("b", { at: at(-2) })]), testNow, nothing).loud;
  it("keeps what is in front until it is over", () => {
    if (!a || !b) throw new Error("two rings");
    expect(facing([a, b], null)).toBe(a);
    expect(facing([a, b], b.key)).toBe(b);
    expect(facing([b], a.key)).toBe(b);
    expect(facing([], a.key)).toBeUndefined();
  });
});

describe("nextMoment", () => {
  it("is the next end or promise", () => {
    expect(nextMoment(view([rung("a", { until: at(15) })], [promised("p", 9)]), testNow)).toBe(testNow + 9_000);
    expect(nextMoment(view([rung("a", { until: at(15) })]), testNow)).toBe(testNow + 15_000);
    expect(nextMoment(view([], [promised("p", -10)]), testNow)).toBe(testNow + 50_000);
    expect(nextMoment(view([]), testNow)).toBeNull();
    expect(nextMoment(undefined, testNow)).toBeNull();
  });
});

describe("stillRings", () => {
  it("needs a running ring of one's own", () => {
    expect(stillRings(rung("a"), testNow)).toBe(true);
    expect(stillRings(testConsult(), testNow)).toBe(false);
  });
});

describe("farewellOf", () => {
  const gone = (outcome: Parameters<typeof testRing>[0], more: Partial<Consult> = {}) => farewellOf(rung("a", outcome, more));
  it("names who was faster", () => {
    expect(gone({ outcome: "stopped" }, { state: "connected", taken_by: simen })).toEqual({ kind: "took", name: "Simen Lie" });
    expect(gone({ outcome: "stopped" }, { state: "promised", promise: { by: simen, at: at(300) } })).toEqual({ kind: "took", name: "Simen Lie" });
  });
  it("says that the caller hung up", () => { expect(gone({ outcome: "stopped" }, { state: "cancelled" })).toEqual({ kind: "hung_up", name: odd.name }); });
  it("says that another device answered, and what was missed", () => {
    expect(gone({ outcome: "accepted" }, { state: "connected", you: "taker" })).toEqual({ kind: "elsewhere" });
    expect(gone({ outcome: "unanswered" })).toEqual({ kind: "missed", name: odd.name });
  });
  it("is silent about what needs no word", () => {
    for (const outcome of ["ringing", "promised", "declined", "not_me"] as const) expect(gone({ outcome })).toBeNull();
    expect(gone({ outcome: "accepted" }, { kind: "practice" })).toBeNull();
  });
});

describe("waitingCount", () => {
  it("counts rings and unread notes", () => {
    const base = { now: at(0), reasons: [], calling: [], ringing: [], promised: [], recent: [] };
    const missed = [testConsult({ note: {} }), testConsult({ note: { read_at: at(-5), read_by: kaja } })];
    expect(waitingCount({ ...base, missed }, 2)).toBe(3);
    expect(waitingCount(undefined, 0)).toBe(0);
  });
});
