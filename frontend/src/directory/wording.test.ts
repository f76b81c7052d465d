import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { resources } from "../i18n/i18n";
import type { Words } from "../i18n/words";
import type { Person } from "./search";
import { dutyLines, languagesWords, momentWords, phoneHref, phoneWords, reachWords, roleToRing, workWords, type Speech } from "./wording";

const now = new Date("2026-11-27T11:45:00Z");
let en: Speech;
let nb: Speech;

beforeAll(async () => {
  const i18n = i18next.createInstance();
  await i18n.init({ resources, lng: "en", defaultNS: "common", interpolation: { escapeValue: false } });
  const speech = (language: "en" | "nb"): Speech => {
    const words = (namespace: "common" | "talk"): Words => {
      const look = i18n.getFixedT(language, namespace) as unknown as (key: string, options: Record<string, unknown>) => string;
      return (group, code, values) => look(`${group}.${code}`, { defaultValue: `MISSING ${group}.${code}`, ...values });
    };
    return { word: words("common"), talk: words("talk"), language, now, zone: "Europe/Oslo" };
  };
  en = speech("en");
  nb = speech("nb");
});

type Duty = NonNullable<Person["duty"]>[number];

const roster: Duty = { covers: "duty_doctor@duty", role: "duty_doctor", until: "2026-11-28T07:00:00Z", source: { origin: "roster", read_at: "2026-11-27T08:58:00Z", stale: false } };
const work = (until: string): Duty => ({ covers: "gp@a", role: "gp", until, source: { origin: "hours", stale: false } });

function person(more: Partial<Person>): Person {
  return { id: "a", name: "Ada", roles: [], units: [], calendar: { state: "none" }, ask: [], duty: [], hours: [], languages: [], phone_hours: [], ...more };
}

it("momentWords names the day when it is another one", () => {
  expect(momentWords("2026-11-27T15:00:00Z", en)).toBe("16:00");
  expect(momentWords("2026-11-28T07:00:00Z", nb)).toBe("i morgen 08:00");
  expect(momentWords("2026-11-30T07:00:00Z", en)).toBe("Monday 08:00");
});

it("reachWords has a word for every state, and does not say an end that has passed", () => {
  expect(reachWords({ state: "in_talk", until: "2026-11-27T12:20:00Z" }, en)).toBe("in a talk until about 13:20");
  expect(reachWords({ state: "in_talk", until: "2026-11-27T11:40:00Z" }, nb)).toBe("i en samtale");
  for (const state of ["free", "in_talk", "engaged", "quiet", "no_device"] as const) expect(reachWords({ state }, nb)).not.toContain("MISSING");
});

describe("dutyLines", () => {
  const lines = (p: Partial<Person>, speech: Speech) => dutyLines(person(p), speech).map((l) => [l.said, l.source].filter(Boolean).join(", "));
  it("says the role, the end and how it is known", () => {
    expect(lines({ duty: [roster] }, nb)).toEqual(["På vakt som vakthavende lege til i morgen 08:00, fra vaktplanen, lest 09:58"]);
  });
  it("names the unit when the role is held in two", () => {
    const roles = [{ role: "duty_doctor", unit: "ooh" }, { role: "duty_doctor", unit: "duty" }];
    const units = [{ id: "ooh", name: "Legevakten", kind: "" }, { id: "duty", name: "Vaktlegene", kind: "" }];
    expect(lines({ duty: [roster], roles, units }, nb)[0]).toContain("vakthavende lege, Vaktlegene til");
  });
  it("says that a plan is old, and that it could not be read", () => {
    expect(dutyLines(person({ duty: [{ ...roster, source: { ...roster.source, stale: true } }] }), en)[0]).toMatchObject({ stale: true });
    expect(lines({ duty: [{ ...roster, source: { origin: "personal", stale: true } }] }, nb)[0]).toContain("fra egen vaktkalender, kalenderen kan ikke leses nå");
  });
  it("has nothing to read where somebody said so", () => {
    expect(lines({ duty: [{ ...roster, source: { origin: "declared", stale: false } }] }, nb)[0]).toMatch(/08:00, har selv sagt fra$/);
  });
  it("says once that somebody is at work, after the duties", () => {
    expect(lines({ duty: [work("2026-11-27T14:30:00Z"), roster, work("2026-11-27T15:00:00Z")] }, en)).toEqual([
      "On duty as duty doctor until tomorrow 08:00, from the duty plan, read 09:58", "At work until 16:00 by working hours",
    ]);
  });
});

it("workWords says hours, else the duty plan, else that nothing is known", () => {
  expect(workWords(person({ hours: [{ days: "Mon-Fri", from: "08:00", to: "15:30" }] }), en)).toBe("Mon–Fri 08:00–15:30");
  expect(workWords(person({ calendar: { state: "fresh" } }), en)).toBe("by duty plan");
  expect(workWords(person({}), en)).toBe("not known");
});

it("phoneWords says whether the phone is answered now", () => {
  const hours = (from: string, to: string) => person({ phone_hours: [{ days: "Fri", from, to }] });
  expect(phoneWords(hours("12:00", "13:00"), en)).toBe("answers now (Fri 12:00–13:00)");
  expect(phoneWords(hours("13:00", "14:00"), nb)).toBe("svarer fre. 13:00–14:00, ikke nå");
  expect(phoneWords(person({}), nb)).toBe("");
});

it("languagesWords names languages, and keeps what is none", () => {
  expect(languagesWords(["nb", "en"], "nb")).toBe("norsk bokmål og engelsk");
  expect(languagesWords(["se", "!"], "en")).toBe("Northern Sami and !");
  expect(languagesWords([], "en")).toBe("");
});

it("roleToRing prefers a duty, then what the person is listed with, and only what can be rung", () => {
  const ada = person({ duty: [roster], roles: [{ role: "gp", unit: "a" }, { role: "gp", unit: "b" }] });
  expect(roleToRing(ada, "gp@b", new Set(["duty_doctor@duty", "gp@b"]))).toBe("duty_doctor@duty");
  expect(roleToRing(ada, "gp@b", new Set(["gp@a", "gp@b"]))).toBe("gp@b");
  expect(roleToRing(ada, "gp@b", new Set(["gp@a"]))).toBe("gp@a");
  expect(roleToRing(ada, "gp@b", new Set())).toBeNull();
});

it("phoneHref leaves out what a phone does not dial", () => { expect(phoneHref("+47 01 20 (11) 01")).toBe("tel:+4701201101"); });
