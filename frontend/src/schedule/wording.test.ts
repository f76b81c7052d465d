import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { resources } from "../i18n/i18n";
import type { Words } from "../i18n/words";
import { parseAnswer, type Suggestion } from "./finder";
import type { Seat } from "./seats";
import {
  againstWords, blockedWords, calendarText, calendarWords, changeWords, favourWords, firstWords, gainWords, marginWords, missingWords, roleWords, standsIn, triedStarts, whyWords, type Speech,
} from "./wording";

const speaker = i18next.createInstance();
beforeAll(() => speaker.init({ resources, fallbackLng: "nb", interpolation: { escapeValue: false }, initAsync: false }));

function words(language: "nb" | "en", namespace: "schedule" | "common"): Words {
  const lookUp = speaker.getFixedT(language, namespace) as unknown as (key: string, options: Record<string, unknown>) => string;
  return (group, code, values) => lookUp(`${group}.${code}`, { defaultValue: code, ...values });
}

const seat = (id: string, role: string, candidates: string[]): Seat => ({
  id, need: "optional", candidates: candidates.map((c) => ({ id: c, name: people[c]?.name ?? c })), objected: false, role_units: [],
  roles: [{ role, unit: "u" }, { role: `deputy_${role}`, unit: "u" }], state: "open",
});

const person = (id: string, name: string, role: string) => ({ id, name, calendar: { state: "fresh" as const }, ask: [], languages: [], hours: [], phone_hours: [], duty: [], roles: [{ role, unit: "u" }], units: [{ id: "u", name: "Elvemo legekontor", kind: "gp_office" }] });
const people: Record<string, ReturnType<typeof person>> = {
  ida: person("ida", "Ida Nilsen", "gp"), per: person("per", "Per Strand", "deputy_gp"), eirik: person("eirik", "Eirik Vik", "physiotherapist"),
  hilde: person("hilde", "Hilde Moe", "palliative_nurse"), randi: person("randi", "Randi Voll", "palliative_nurse"),
};

const speech = (language: "nb" | "en" = "en"): Speech => ({
  say: words(language, "schedule"), word: words(language, "common"), language, now: new Date("2026-11-27T11:45:00Z"), zone: "Europe/Oslo",
  detail: {
    people, discharge: "2026-11-27T13:30:00Z",
    seats: [seat("gp", "gp", ["ida", "per"]), seat("physio", "physiotherapist", ["eirik"]), seat("palliative", "palliative_nurse", ["hilde", "randi"])],
  },
});

const suggestion = (more: Partial<Suggestion> = {}): Suggestion => ({
  start: "2026-11-27T12:10:00Z", end: "2026-11-27T12:30:00Z", cast: { gp: ["ida"] }, want_met: [], want_missed: [], missing: [], unknown: [], because: [], ...more,
});

describe("whyWords", () => {
  it("names the end on the same day by the clock, on another with its day", () => {
    expect(whyWords({ why: "busy_until", until: "2026-11-27T13:00:00Z" }, "2026-11-27T12:10:00Z", speech())).toBe("is busy until 14:00");
    expect(whyWords({ why: "outside_hours", until: "2026-11-30T07:00:00Z" }, "2026-11-27T12:10:00Z", speech("nb"))).toBe("er ikke på jobb før mandag 08:00");
  });
  it("has words for every code, in both languages", () => {
    for (const why of ["busy_until", "tentative", "held", "buffer", "holiday", "outside_hours", "unknown", "seated", "passed_over", "nobody", "booked"]) {
      for (const language of ["nb", "en"] as const) expect(whyWords({ why }, "2026-11-27T12:10:00Z", speech(language)), why).toMatch(/ /);
    }
  });
});

describe("missingWords", () => {
  it("names the one who could have come", () => {
    const s = suggestion({ want_missed: [{ id: "physio", why: "busy_until", until: "2026-11-27T13:00:00Z" }], missing: [{ id: "physio", person: "eirik", why: "busy_until", until: "2026-11-27T13:00:00Z" }] });
    expect(missingWords(s, speech())).toEqual(["Physiotherapist is missing: Eirik Vik is busy until 14:00."]);
    expect(missingWords(s, speech("nb"))).toEqual(["Fysioterapeut mangler: Eirik Vik er opptatt til 14:00."]);
  });
  it("says of several what the closest does", () => {
    const s = suggestion({ want_missed: [{ id: "palliative", why: "unknown" }], missing: ["hilde", "randi"].map((p) => ({ id: "palliative", person: p, why: "unknown" })) });
    expect(missingWords(s, speech())).toEqual(["Palliative nurse is missing: nobody can; the one who comes closest has a calendar that is not known."]);
  });
  it("says when the region has nobody, once", () => {
    const s = suggestion({ want_missed: [{ id: "physio", why: "nobody" }], missing: [{ id: "physio", person: "", why: "nobody" }] });
    expect(missingWords(s, speech())).toEqual(["Physiotherapist is missing: nobody in the region has the role."]);
  });
  it("names a preferred person who does not come", () => {
    expect(missingWords(suggestion({ missing: [{ id: "gp", person: "per", why: "passed_over" }] }), speech())).toEqual(["Per Strand could come, but another was chosen."]);
  });
});

describe("points", () => {
  it("speak for a time", () => {
    const s = suggestion({ because: [{ code: "deadline_slack", value: "60 min", points: 60 }, { code: "fragmentation", value: "2 people", points: 4 }, { code: "prefer", value: "Fri 12:00-14:00", points: 9 }] });
    expect(favourWords(s, speech())).toEqual(["right before or after other appointments for 2 people", "at a time that is preferred"]);
  });
  it("speak against a time, the burden only once", () => {
    const s = suggestion({ because: [{ code: "outside_hours", value: "1 people", points: -40000 }, { code: "after_hours_burden", value: "20 min", points: -3 }, { code: "tentative", value: "ida", points: -10 }] });
    expect(againstWords(s, speech())).toEqual(["Outside working hours for 1 person", "Ida Nilsen has a tentative appointment then"]);
  });
  it("a time after the discharge is said first", () => {
    const s = suggestion({ start: "2026-11-27T13:20:00Z", end: "2026-11-27T13:40:00Z" });
    expect(againstWords(s, speech())).toEqual(["After the discharge"]);
    expect(marginWords(s, speech())).toBe("");
    const gone = { ...speech(), now: new Date("2026-11-27T13:31:00Z") };
    expect(againstWords(s, gone)).toEqual([]);
  });
  it("say what is left before the discharge", () => {
    expect(marginWords(suggestion(), speech())).toBe("1 h to spare before the discharge");
    expect(marginWords({ start: "2026-11-27T13:10:00Z", end: "2026-11-27T13:30:00Z" }, speech("nb"))).toBe("slutter akkurat ved utskrivningen");
  });
});

describe("people", () => {
  it("have the role of the seat and their unit", () => { expect(roleWords("gp", "ida", speech())).toEqual({ role: "GP", unit: "Elvemo legekontor", deputy: false }); });
  it("are deputies by role, or when the search lets them stand in", () => {
    expect(standsIn("gp", "per", suggestion(), speech())).toBe(true);
    expect(standsIn("gp", "ida", suggestion(), speech())).toBe(false);
    expect(standsIn("gp", "ida", suggestion({ because: [{ code: "stand_in", value: "ida", points: -25 }] }), speech())).toBe(true);
  });
  it("have a calendar of some age", () => {
    expect(calendarWords("12m", speech())).toEqual({ short: "12 min", long: "Calendar read 12 min ago", sure: true });
    expect(calendarWords("0m", speech()).long).toBe("Calendar read just now");
    expect(calendarWords("unknown: stale 1560m", speech("nb"))).toEqual({ short: "26 t", long: "Kalender sist lest for 26 t siden, usikker", sure: false });
    expect(calendarWords("unknown: not_found", speech())).toEqual({ short: "not known", long: "Calendar not known: the address no longer exists", sure: false });
    expect(calendarWords(undefined, speech())).toEqual({ short: "not known", long: "Calendar not known", sure: false });
    expect(calendarWords("no calendar", speech()).sure).toBe(true);
  });
});

describe("changes", () => {
  it("are named for every code, in both languages", () => {
    const codes = ["shorter", "stand_in", "tentative_free", "use_duty", "outside_hours", "without_need", "fewer", "unknown_offered", "no_buffer", "min_notice", "deadline"];
    for (const language of ["nb", "en"] as const) {
      for (const code of codes) expect(changeWords({ code, need: "gp", value: 15 }, speech(language)), code).toMatch(/\w \w/);
    }
    expect(changeWords({ code: "shorter", value: 15 }, speech())).toBe("15 minutes are enough");
    expect(changeWords({ code: "without_need", need: "gp" }, speech("nb"))).toBe("Uten fastlege");
    expect(changeWords({ code: "two_changes", parts: [{ code: "shorter", value: 15 }, { code: "without_need", need: "gp" }] }, speech())).toBe("15 minutes are enough + Without the GP");
  });
  it("names the first beside a gain that stands as a number", () => {
    expect(firstWords({ first: "2026-11-27T12:20:00Z" }, speech())).toBe("first today 13:20");
    expect(firstWords({ first: "2026-11-30T07:00:00Z" }, speech("nb"))).toBe("første mandag 08:00");
  });
  it("reads a calendar's state as it reads the finder's text", () => {
    const said = (calendar: Parameters<typeof calendarText>[0]) => calendarText(calendar, speech());
    expect(said({ state: "fresh", age_minutes: 12 })).toEqual(calendarWords("12m", speech()));
    expect(said({ state: "stale", age_minutes: 1560 })).toEqual(calendarWords("unknown: stale 1560m", speech()));
    expect(said({ state: "none" })).toEqual(calendarWords("no calendar", speech()));
    expect(said({ state: "unknown", why: "not_found" })).toEqual(calendarWords("unknown: not_found", speech()));
    expect(said({ state: "unknown" }).sure).toBe(false);
  });
  it("say what they gain", () => {
    const gain = (gains: number) => gainWords({ code: "tentative_free", gains, first: "2026-11-27T12:20:00Z", parts: [] }, speech());
    expect(gain(1)).toBe("1 more time: today 13:20");
    expect(gain(3)).toBe("3 more times, the first today 13:20");
  });
});

describe("blockedWords", () => {
  const rejected = (by_need: object[], by_rule = {}) => parseAnswer({
    feasible: 0, suggestions: [], freshness: {}, rejected: { starts_total: 12, feasible: 0, by_need, by_rule: { min_notice: 1, outside_window: 2, after_deadline: 2, ...by_rule }, relax: [] },
  }).rejected;
  it("counts what window, notice and deadline leave, each late start once", () => { expect(triedStarts(rejected([]))).toBe(9); });
  it("names what stood in the way, whatever decides alone first", () => {
    const said = blockedWords(rejected([{ need: "physio", blocked: 9, alone: 0 }, { need: "palliative", blocked: 0, alone: 0 }, { need: "gp", blocked: 6, alone: 2 }]), speech());
    expect(said).toEqual(["GP: not free at 6 of 9 times. The only thing in the way for 2 of the times.", "Physiotherapist: never free."]);
  });
});
