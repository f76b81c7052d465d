import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { Schemas } from "../api/client";
import { resources } from "../i18n/i18n";
import type { Words } from "../i18n/words";
import type { Seat } from "./seats";
import { verdictLines, verdictOf, verdictSentence, type PersonVerdict } from "./verdict";
import type { Speech } from "./wording";

const speaker = i18next.createInstance();
beforeAll(() => speaker.init({ resources, fallbackLng: "nb", interpolation: { escapeValue: false }, initAsync: false }));

function words(language: "nb" | "en", namespace: "schedule" | "common"): Words {
  const lookUp = speaker.getFixedT(language, namespace) as unknown as (key: string, options: Record<string, unknown>) => string;
  return (group, code, values) => lookUp(`${group}.${code}`, { defaultValue: code, ...values });
}

const names: Record<string, [name: string, role: string]> = { ida: ["Ida Nilsen", "gp"], per: ["Per Strand", "deputy_gp"], kari: ["Kari Lunde", "oncology_nurse"], eirik: ["Eirik Vik", "physiotherapist"] };
const people = Object.fromEntries(Object.entries(names).map(([id, [name, role]]) => [id, {
  id, name, calendar: { state: "fresh" as const }, ask: [], languages: [], hours: [], phone_hours: [], duty: [], roles: [{ role, unit: "u" }], units: [{ id: "u", name: "U", kind: "gp_office" }],
}]));
const seat = (id: string, role: string): Seat => ({ id, need: "required", candidates: [], objected: false, role_units: [], roles: [{ role, unit: "u" }, { role: `deputy_${role}`, unit: "u" }], state: "open" });
const speech = (language: "nb" | "en" = "en"): Speech => ({
  say: words(language, "schedule"), word: words(language, "common"), language, now: new Date("2026-11-27T11:45:00Z"), zone: "Europe/Oslo",
  detail: { people, discharge: "2026-11-27T13:30:00Z", seats: [seat("gp", "gp"), seat("nurse", "oncology_nurse"), seat("physio", "physiotherapist")] },
});

const person = (id: string, more: Partial<PersonVerdict> = {}): PersonVerdict => ({ person: id, can: false, chosen: false, why: "busy_until", ...more });
const chosen = (id: string, why = "free"): PersonVerdict => person(id, { can: true, chosen: true, why });
const need = (id: string, met: boolean, ...of: PersonVerdict[]) => ({ id, k: 1, met, people: of });
const verdict = (more: Partial<Schemas["Verdict"]>) => verdictOf({ start: "2026-11-27T12:10:00Z", end: "2026-11-27T12:30:00Z", feasible: true, on_grid: true, rules: [], cast: {}, unknown: null, needs: null, wants: null, ...more });
const lines = (more: Partial<Schemas["Verdict"]>, language: "nb" | "en" = "en") => verdictLines(verdict(more), speech(language)).map((l) => `${l.mark} ${l.seat}: ${l.text}`);

describe("verdictLines", () => {
  it("names who comes", () => { expect(lines({ needs: [need("gp", true, chosen("ida"))] })).toEqual(["ok GP: Ida Nilsen"]); });
  it("says who stands in and for whom, and why", () => {
    expect(lines({ needs: [need("gp", true, chosen("per"), person("ida", { until: "2026-11-27T13:00:00Z" }))] })).toEqual(["ok GP: Per Strand, deputy GP; Ida Nilsen is busy until 14:00"]);
  });
  it("doubts whose time is not known and who is outside hours", () => {
    expect(lines({ needs: [need("gp", true, chosen("ida", "unknown"))], unknown: ["ida"] })).toEqual(["doubt GP: Ida Nilsen has a calendar that is not known"]);
    expect(lines({ needs: [need("gp", true, chosen("ida", "outside_hours"))] })).toEqual(["doubt GP: Ida Nilsen is not at work"]);
  });
  it("puts what refuses first and an optional seat last, which refuses nothing", () => {
    const found = lines({ feasible: false, needs: [need("nurse", true, person("kari", { can: true, why: "free" })), need("gp", false, person("ida"), person("per", { why: "held" }))], wants: [need("physio", false, person("eirik"))] });
    expect(found).toEqual(["missing GP: Ida Nilsen is busy; Per Strand is held for another meeting", "ok Oncology nurse: Kari Lunde can come", "optional Physiotherapist: Eirik Vik is busy"]);
  });
  it("counts those it does not name", () => {
    expect(lines({ needs: [need("gp", false, person("a"), person("b"), person("c"), person("d"), person("e"))] })[0]).toMatch(/; and 2 more$/);
    expect(lines({ needs: [need("gp", false)] }, "nb")).toEqual(["missing Fastlege: ingen i regionen"]);
  });
});

describe("verdictSentence", () => {
  it("says what refuses, or that it works", () => {
    expect(verdictSentence(verdict({}), speech())).toBe("Works");
    expect(verdictSentence(verdict({ feasible: false, rules: ["after_deadline"], needs: [need("gp", false, person("ida"))] }), speech())).toBe("Does not work. Does not end before the discharge. GP: Ida Nilsen is busy");
  });
});
