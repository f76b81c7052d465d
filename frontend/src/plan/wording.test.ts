import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { resources } from "../i18n/i18n";
import type { Words } from "../i18n/words";
import type { PlanFeed } from "./faults";
import { dayHead, feedWords, gapWords, levelWords, othersWords, ownWords, readWords, reportWords, spanWords, unknownWords, wordOf, type DutyRole, type Speech } from "./wording";

let en: Speech;
let nb: Speech;

beforeAll(async () => {
  const i18n = i18next.createInstance();
  await i18n.init({ resources, lng: "en", defaultNS: "common", interpolation: { escapeValue: false } });
  const speech = (language: "en" | "nb"): Speech => {
    const words = (namespace: "common" | "talk" | "plan"): Words => {
      const look = i18n.getFixedT(language, namespace) as unknown as (key: string, options: Record<string, unknown>) => string;
      return (group, code, values) => look(`${group}.${code}`, { defaultValue: `MISSING ${group}.${code}`, ...values });
    };
    return { say: words("plan"), word: words("common"), talk: words("talk"), language, now: new Date("2026-11-27T11:45:00Z"), zone: "Europe/Oslo" };
  };
  en = speech("en");
  nb = speech("nb");
});

const window = { start: "2026-11-27T11:45:00Z", end: "2026-12-04T11:45:00Z" };

describe("gapWords", () => {
  const gap = (start: string, end: string, speech = en) => gapWords({ start, end }, window, speech);
  it("says one day's time", () => {
    expect(gap("2026-11-28T07:00:00Z", "2026-11-28T19:00:00Z")).toBe("Tomorrow 08:00–20:00: nobody is on duty");
    expect(gap("2026-11-29T07:00:00Z", "2026-11-29T23:00:00Z", nb)).toBe("Søndag 08:00–24:00: ingen er på vakt");
  });
  it("names both days of a night", () => { expect(gap("2026-11-29T21:00:00Z", "2026-11-30T07:00:00Z", nb)).toBe("Søndag 22:00 til mandag 08:00: ingen er på vakt"); });
  it("says now, the rest, and all of it", () => {
    expect(gap("2026-11-27T11:45:00Z", "2026-11-27T14:30:00Z")).toBe("Now and until 15:30: nobody is on duty");
    expect(gap("2026-12-03T07:00:00Z", window.end)).toBe("From Thursday 08:00 and for the rest of the seven days: nobody is on duty");
    expect(gap("2026-12-03T07:00:00Z", window.end, nb)).toBe("Fra torsdag 08:00 og resten av de sju dagene: ingen er på vakt");
    expect(gap(window.start, window.end, nb)).toBe("Ingen er på vakt de neste sju dagene");
  });
  it("follows the clock change", () => {
    const october = { ...en, now: new Date("2026-10-24T10:00:00Z") };
    expect(gapWords({ start: "2026-10-24T22:00:00Z", end: "2026-10-25T07:00:00Z" }, { start: "2026-10-24T10:00:00Z", end: "2026-10-31T10:00:00Z" }, october)).toBe("Tomorrow 00:00–08:00: nobody is on duty");
  });
});

it("spanWords names other days", () => {
  const span = (start: string, end: string) => spanWords({ start: Date.parse(start), end: Date.parse(end) }, "2026-11-28", nb);
  expect(span("2026-11-28T07:00:00Z", "2026-11-28T14:30:00Z")).toBe("08:00–15:30");
  expect(span("2026-11-28T07:00:00Z", "2026-11-29T07:00:00Z")).toBe("08:00–søn. 08:00");
  expect(span("2026-11-27T07:00:00Z", "2026-11-28T07:00:00Z")).toBe("fre. 08:00–08:00");
  expect(span("2026-11-28T15:00:00Z", "2026-11-28T23:00:00Z")).toBe("16:00–24:00");
});

it("dayHead says which day is today", () => {
  expect(dayHead("2026-11-27", nb)).toBe("I dag, fre. 27. nov.");
  expect(dayHead("2026-11-28", nb)).toBe("Lør. 28. nov.");
});

it("unknownWords has a sentence for every reason", () => {
  expect(unknownWords({ title: "K. Nesse", start: "2026-11-28T07:00:00Z", why: "unknown" }, nb)).toBe("«K. Nesse», i morgen 08:00: ingen her heter det");
  expect(unknownWords({ title: "", start: "2026-11-28T07:00:00Z", why: "empty" }, en)).toContain("“without a title”");
  expect(unknownWords({ title: "K", start: "2026-11-28T07:00:00Z", why: "ambiguous" }, nb)).not.toContain("MISSING");
  expect(nb.say("unknown", "unsure")).not.toContain("MISSING");
});

describe("calendars of a plan", () => {
  const feed: PlanFeed = { id: "f", layer: "swap", read_at: "2026-11-27T08:58:00Z", stale: true, shifts: 1, warnings: 0 };
  it("are old, broken or never read", () => {
    expect(feedWords(feed, nb)).toBe("Bytteplanen er gammel: sist lest 09:58");
    expect(feedWords({ ...feed, why: "not_found" }, en)).toBe("The plan of swaps cannot be read: the address no longer exists. Last read 09:58");
    expect(feedWords({ ...feed, why: "address_lost" }, nb)).toContain("legg den til på nytt");
    expect(feedWords({ ...feed, read_at: undefined }, nb)).toBe("Bytteplanen kan ikke leses: ikke lest ennå");
  });
  it("are quiet when they are read", () => {
    expect(readWords({ ...feed, stale: false }, en)).toBe("The plan of swaps read 09:58, 1 shift");
    expect(readWords({ ...feed, layer: "base", shifts: 14 }, nb)).toBe("Grunnplanen lest 09:58, 14 vakter");
  });
});

it("reportWords says who was rung and when", () => {
  expect(reportWords({ person: { id: "k", name: "Kaja Nes" }, at: "2026-11-26T13:10:00Z" }, en)).toBe("Kaja Nes was rung yesterday 14:10 and said “not me”");
});

it("levelWords is silent for the first", () => { expect([1, 2, 3].map((level) => levelWords(level, nb))).toEqual(["", "bakvakt", "nivå 3"]); });

describe("one's own duty", () => {
  const you = { person: { id: "y", name: "You" }, level: 1, since: "2026-11-27T07:00:00Z", until: "2026-11-28T07:00:00Z", source: { origin: "roster" as const, stale: false }, reach: { state: "free" as const }, you: true };
  const kaja = { ...you, person: { id: "k", name: "Kaja Nes" }, you: false };
  const role = (more: Partial<DutyRole>): DutyRole => ({ covers: "r@u", role: "r", unit: { id: "u", name: "U", kind: "team" }, on: [], mine: true, ...more });
  it("is what the person said, while it holds", () => {
    const out = role({ declared: { in: false, until: "2026-11-27T14:30:00Z" } });
    expect(ownWords(out, nb)).toBe("Du har sagt at du er ute. Det gjelder til 15:30.");
    expect(wordOf(out)).toBe("out");
    expect(wordOf(role({ declared: { in: true, until: "2026-11-27T14:30:00Z" } }))).toBe("in");
  });
  it("is else what the plan says", () => {
    expect(ownWords(role({ on: [kaja, you] }), nb)).toBe("Du er på vakt til i morgen 08:00, fra vaktplanen.");
    expect(ownWords(role({ on: [{ ...you, source: { origin: "hours", stale: false } }] }), en)).toBe("You are at work until tomorrow 08:00 by your working hours.");
    expect(ownWords(role({ on: [kaja] }), en)).toBe("You are not on duty now.");
    expect(wordOf(role({}))).toBe("plan");
  });
  it("says who else is, and what comes when nobody is", () => {
    expect(othersWords(role({ on: [kaja, you] }), nb)).toBe("Også på vakt: Kaja Nes.");
    expect(othersWords(role({ on: [kaja] }), nb)).toBe("På vakt nå: Kaja Nes.");
    expect(othersWords(role({ on: [you] }), en)).toBe("Nobody else is on duty in the role now.");
    expect(othersWords(role({ next: { start: "2026-11-28T07:00:00Z", people: [{ id: "k", name: "Kaja Nes" }] } }), nb)).toBe("Ingen på vakt nå. Neste: i morgen 08:00 Kaja Nes.");
    expect(othersWords(role({}), nb)).toBe("Ingen på vakt nå. Neste vakt er ikke kjent.");
  });
});
