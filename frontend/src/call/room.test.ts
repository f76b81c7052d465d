import { describe, expect, it } from "vitest";
import type { RosterPerson } from "./messages";
import { apply, changeOf, conditionOf, emptyRoom, pausedForLine, pausedOf, peopleOf, pictureOf, screenOf, wasLowered } from "./room";

const person = (key: string, ...devices: Partial<RosterPerson["devices"][number]>[]): RosterPerson => ({
  key, name: key, role: "gp", organization: "", guest: false, host: false, hand: 0,
  devices: devices.map((d, i) => ({ session: `${key}${i}`, muted: false, camera: true, hand: false, screen: false, connected: true, media: true, ...d })),
});
const roster = (...people: RosterPerson[]) => ({ t: "roster", seq: 1, d: { people } }) as const;
const welcome = (resumed: boolean) => ({
  t: "welcome", re: 1, d: { v: 1, session: "s", secret: "x", resumed, place: "in", you: person("me"), need: { audio: 1, video: 1 }, resume_seconds: 120 },
}) as const;

describe("apply", () => {
  it("replaces, never adds", () => {
    const room = apply(apply(emptyRoom, roster(person("a", {}), person("b", {}))), roster(person("b", {})));
    expect(room.roster?.map((p) => p.key)).toEqual(["b"]);
  });
  it("keeps the room over a resumed socket and forgets it in a new session", () => {
    const room = apply(emptyRoom, roster(person("a", {})));
    expect(apply(room, welcome(true))).toBe(room);
    expect(apply(room, welcome(false))).toEqual(emptyRoom);
  });
});

describe("changeOf", () => {
  const first = apply(emptyRoom, roster(person("me", {}), person("a", {})));
  it("is silent about whoever was there first", () => { expect(changeOf(emptyRoom, first, "me")).toBeNull(); });
  it("tells who came and left", () => {
    const change = changeOf(first, apply(first, roster(person("me", {}), person("b", {}))), "me");
    expect([change?.came.map((p) => p.key), change?.left.map((p) => p.key)]).toEqual([["b"], ["a"]]);
  });
  it("is silent about a device that comes and goes, and about you", () => {
    expect(changeOf(first, apply(first, roster(person("a", {}, {}))), "me")).toBeNull();
  });
  it("tells who waits outside, also at the first look", () => {
    expect(changeOf(emptyRoom, apply(emptyRoom, { t: "lobby", seq: 1, d: { people: [person("g")] } }), "me")?.outside).toHaveLength(1);
  });
});

describe("hands and screens", () => {
  const raised = (key: string, hand: number): RosterPerson => ({ ...person(key, {}), hand });
  const first = apply(emptyRoom, roster(raised("me", 0), raised("a", 0)));
  it("tells who raises a hand, once, and not of your own", () => {
    const up = apply(first, roster(raised("me", 1), raised("a", 2)));
    expect(changeOf(first, up, "me")?.raised.map((p) => p.key)).toEqual(["a"]);
    expect(changeOf(up, apply(up, roster(raised("me", 0), raised("a", 1))), "me")).toBeNull();
    expect(peopleOf(up, "me", true, () => null).map((p) => [p.key, p.hand, p.muted])).toEqual([["me", 1, true], ["a", 2, false]]);
  });
  it("tells when yours was lowered or your screen was ended", () => {
    const shows = { ...raised("me", 1), devices: person("me", { screen: true }).devices };
    const up = apply(first, roster(shows));
    const down = apply(up, roster(raised("me", 0)));
    expect(wasLowered(first, up, "me", "me0")).toEqual({ hand: false, screen: false });
    expect(wasLowered(up, down, "me", "me0")).toEqual({ hand: true, screen: true });
    expect(wasLowered(up, down, "me", "me1").screen).toBe(false);
  });
  it("finds whose screen is shared, never your own", () => {
    const shared = apply(first, roster(person("me", { screen: true })));
    expect(screenOf(shared, "me")).toBeNull();
    const theirs = apply(first, roster(person("me", {}), person("a", { screen: true })));
    expect(screenOf(theirs, "me")).toEqual({ key: "a", mid: null, paused: null });
    const coming = apply(theirs, { t: "slots", seq: 2, d: { slots: [{ mid: "7", kind: "video", state: "on", key: "a", session: "a0", source: "screen" }] } });
    expect(screenOf(coming, "me")).toEqual({ key: "a", mid: "7", paused: null });
    expect(pictureOf(coming, "a")).toBeNull();
  });
});

describe("conditionOf", () => {
  it("is muted only when every device that is there is muted", () => {
    expect(conditionOf(person("a", { muted: true }, { muted: false }))).toEqual({ muted: false, away: false });
    expect(conditionOf(person("a", { muted: true }, { muted: false, connected: false }))).toEqual({ muted: true, away: false });
  });
  it("is away when no device has a line", () => { expect(conditionOf(person("a", { connected: false })).away).toBe(true); });
});

describe("pictureOf", () => {
  const room = apply(emptyRoom, {
    t: "slots", seq: 1, d: {
      slots: [
        { mid: "2", kind: "audio", state: "on", key: "a", session: "a0", source: "microphone" },
        { mid: "7", kind: "video", state: "on", key: "a", session: "a0", source: "camera" },
        { mid: "8", kind: "video", state: "paused", key: "b", session: "b0", source: "camera" },
        { mid: "9", kind: "video", state: "off" },
        { mid: "10", kind: "video", state: "paused", why: "line", key: "c", session: "c0", source: "camera" },
        { mid: "11", kind: "video", state: "paused", why: "line", key: "d", session: "d0", source: "screen" },
      ],
    },
  });
  it("finds a running picture and no other", () => { expect(["a", "b", "c"].map((key) => pictureOf(room, key))).toEqual(["7", null, null]); });
  it("says why a picture is held back", () => { expect(["a", "b", "c", "d"].map((key) => pausedOf(room, key))).toEqual([null, "sender", "line", null]); });
  it("counts what your line costs, a screen too", () => { expect(pausedForLine(room)).toBe(2); });
  it("knows a screen that is held back", () => { expect(screenOf(room, "me")).toEqual({ key: "d", mid: null, paused: "line" }); });
});

describe("the quality of a person's line", () => {
  const line = (key: string, session: string, word: "good" | "fair" | "poor" | "lost", score: number) => ({
    session, key, score, word, down: "full" as const, up: "full" as const, loss_down_permille: 0, loss_up_permille: 0, rtt_ms: 40, path: "udp", gap_permille: 0,
  });
  const told = (...lines: ReturnType<typeof line>[]) =>
    peopleOf(apply(apply(emptyRoom, roster(person("a", {}))), { t: "lines", d: { lines } }), "me", false, () => null)[0]?.quality;
  it("is not known before it is told", () => { expect(told(line("b", "b0", "good", 4))).toBeNull(); });
  it("is the worst of the devices that are still heard of", () => {
    expect(told(line("a", "a0", "good", 4.4), line("a", "a1", "poor", 2.1), line("a", "a2", "lost", 0))).toEqual({ word: "poor", score: 2.1 });
    expect(told(line("a", "a0", "lost", 0))).toEqual({ word: "lost", score: 0 });
  });
});
