import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { Schemas } from "../api/client";
import { resources } from "../i18n/i18n";
import { speechIn } from "./speech.testing";
import { askedWords, callerWords, coversOf, firstStep, firstStepWords, knockWords, laterOn, levelWords, momentWords, nextWords, phoneHref, reachWords, sourceWords } from "./wording";

const speaker = i18next.createInstance();
beforeAll(() => speaker.init({ resources, fallbackLng: "nb", interpolation: { escapeValue: false }, initAsync: false }));
const speech = (language: "nb" | "en" = "en") => speechIn(language, speaker);

type OnDuty = Schemas["OnDutyView"];
const on = (name: string, level: number, state: OnDuty["reach"]["state"], more: Partial<OnDuty> = {}): OnDuty => ({
  person: { id: name, name }, level, since: "2026-11-27T07:00:00Z", until: "2026-11-27T15:00:00Z", source: { origin: "roster", read_at: "2026-11-27T08:58:00Z", stale: false }, reach: { state }, you: false, ...more,
});
const unit = { id: "duty", name: "Vakthavende leger", kind: "team", organization: "Havnes sykehus" };
const deputy = (on_duty: number) => ({ covers: "palliative_consultant@palliative", role: "palliative_consultant", unit: { id: "palliative", name: "Palliativt team", kind: "team" }, on_duty });

describe("momentWords", () => {
  it("is the clock today and has its day otherwise", () => {
    expect(momentWords("2026-11-27T15:00:00Z", speech())).toBe("16:00");
    expect(momentWords("2026-11-28T07:00:00Z", speech())).toBe("tomorrow 08:00");
    expect(momentWords("2026-11-29T07:00:00Z", speech("nb"))).toBe("søndag 08:00");
    expect(momentWords("2026-11-27T23:30:00Z", speech("nb"))).toBe("i morgen 00:30");
  });
});

describe("reachWords", () => {
  const cases: [Schemas["Reachable"], string, string][] = [
    [{ state: "free" }, "free", "ledig"],
    [{ state: "in_talk", until: "2026-11-27T12:20:00Z" }, "in a talk until about 13:20", "i en samtale til omtrent 13:20"],
    [{ state: "in_talk" }, "in a talk", "i en samtale"],
    [{ state: "in_talk", until: "2026-11-27T11:00:00Z" }, "in a talk", "i en samtale"],
    [{ state: "engaged", until: "2026-11-27T12:30:00Z" }, "busy by the calendar until about 13:30", "opptatt ifølge kalenderen til omtrent 13:30"],
    [{ state: "quiet", until: "2026-11-28T07:00:00Z" }, "does not want to be disturbed until tomorrow 08:00", "vil ikke forstyrres før i morgen 08:00"],
    [{ state: "no_device" }, "no device that can ring", "ingen enhet som kan ringe"],
  ];
  it.each(cases)("%o", (reach, en, nb) => {
    expect(reachWords(reach, speech())).toBe(en);
    expect(reachWords(reach, speech("nb"))).toBe(nb);
  });
});

describe("sourceWords", () => {
  it("says where from, how old and until when", () => {
    expect(sourceWords(on("a", 1, "free"), speech())).toBe("from the duty plan, read 09:58, until 16:00");
    expect(sourceWords(on("a", 1, "free"), speech("nb"))).toBe("fra vaktplanen, lest 09:58, til 16:00");
  });
  it("says that it is old", () => {
    expect(sourceWords(on("a", 1, "free", { source: { origin: "personal", read_at: "2026-11-26T08:00:00Z", stale: true } }), speech())).toContain("may be out of date");
  });
  it("says that a calendar has never been read, but not of working hours or of somebody's word", () => {
    expect(sourceWords(on("a", 1, "free", { source: { origin: "roster", stale: true } }), speech())).toBe("from the duty plan, the calendar cannot be read now, until 16:00");
    expect(sourceWords(on("a", 1, "free", { source: { origin: "hours", stale: false } }), speech())).toBe("at work by their working hours, until 16:00");
    expect(sourceWords(on("a", 1, "free", { source: { origin: "declared", stale: false } }), speech())).toBe("has said so, until 16:00");
  });
});

describe("nextWords and levelWords", () => {
  it("names the next", () => {
    expect(nextWords({ start: "2026-11-28T07:00:00Z", people: [{ id: "s", name: "Simen Lie" }] }, speech())).toBe("Next: tomorrow 08:00 Simen Lie");
    expect(nextWords(undefined, speech("nb"))).toBe("Neste vakt er ikke kjent");
  });
  it("is nobody who is on duty already", () => {
    const next = (start: string) => laterOn({ start, people: [] }, new Date("2026-11-27T11:47:00Z"))?.start;
    expect(next("2026-11-27T11:47:50Z")).toBeUndefined();
    expect(next("2026-11-27T15:00:00Z")).toBe("2026-11-27T15:00:00Z");
    expect(laterOn(undefined, new Date(0))).toBeUndefined();
  });
  it("is silent about whoever is rung first", () => {
    expect([1, 2, 3].map((level) => levelWords(level, speech()))).toEqual(["", "back-up", "level 3"]);
  });
});

describe("firstStep", () => {
  const kaja = on("Kaja", 1, "free");
  const busy = on("Stein", 1, "engaged");
  it("rings whoever is free, in order, three at most", () => {
    const many = [kaja, busy, on("b", 2, "free"), on("c", 2, "free"), on("d", 3, "free")];
    expect(firstStep({ on: many }, "hour")).toEqual({ kind: "ring", people: ["Kaja", "b", "c"], together: false, skipped: ["Stein"], deputy: false });
  });
  it("rings a level together when it is urgent, the busy too", () => {
    expect(firstStep({ on: [kaja, busy], deputy: deputy(1) }, "now")).toEqual({ kind: "ring", people: ["Kaja", "Stein"], together: true, skipped: [], deputy: true });
  });
  it("never rings oneself or somebody without a device", () => {
    expect(firstStep({ on: [{ ...kaja, you: true }, on("x", 1, "no_device")] }, "now")).toEqual({ kind: "note", skipped: [] });
  });
  it("is the deputy's turn at once when nobody can be rung, if the deputy has somebody", () => {
    expect(firstStep({ on: [busy], deputy: deputy(2) }, "today")).toEqual({ kind: "deputy", skipped: ["Stein"] });
    expect(firstStep({ on: null, deputy: deputy(0) }, "now")).toEqual({ kind: "note", skipped: [] });
  });
  it("is said before", () => {
    const role = { on: [kaja, busy], deputy: deputy(1) };
    expect(firstStepWords(firstStep(role, "hour"), role, speech())).toEqual(["Rings Kaja.", "Only rung if you choose “Now”: Stein.", "If nobody answers: palliative consultant, Palliativt team."]);
    expect(firstStepWords(firstStep({ on: [] }, "hour"), {}, speech("nb"))[0]).toMatch(/Ingen kan ringes her nå. Rollen får beskjed/);
  });
});

describe("a consult in words", () => {
  const consult = {
    caller: { id: "odd", name: "Odd Berg", title: "Fastlege" }, caller_role: "gp", caller_unit: { id: "g", name: "Langneset legekontor", kind: "gp_office" },
    role: "duty_doctor", unit, reason: "medicines", urgency: "now" as const, minutes: 5, patient_present: true,
  };
  it("says who asks for what", () => {
    expect(callerWords(consult, speech())).toBe("GP, Langneset legekontor");
    expect(askedWords(consult, speech())).toBe("Medicines · now · 5 minutes · the patient is present");
    expect(askedWords({ ...consult, patient_present: false, reason: "brand_new" }, speech("nb"))).toBe("brand new · nå · 5 minutter");
  });
  it("knows the role as the API names it", () => {
    expect(coversOf(consult)).toBe("duty_doctor@duty");
    expect(coversOf({})).toBeNull();
  });
});

describe("knockWords", () => {
  it("is loud, silent or a note", () => {
    expect(knockWords("Ragnhild", undefined, speech())).toBe("Rings Ragnhild.");
    expect(knockWords("Ragnhild", { state: "free" }, speech())).toBe("Ragnhild is free and is rung.");
    expect(knockWords("Ragnhild", { state: "in_talk", until: "2026-11-27T12:20:00Z" }, speech())).toBe("Ragnhild (in a talk until about 13:20) gets a silent card on the screen. No sound.");
    expect(knockWords("Ragnhild", { state: "no_device" }, speech())).toMatch(/gets a note/);
  });
});

describe("phoneHref", () => {
  it("keeps what a phone dials", () => { expect(phoneHref("+47 99 99-10 00")).toBe("tel:+4799991000"); });
});

describe("words for every code", () => {
  const codes: Record<string, readonly string[]> = {
    reason: ["symptom_now", "medicines", "discharge_today", "treatment_plan", "second_look", "family", "logistics", "other"],
    outcome: ["ringing", "accepted", "promised", "declined", "not_me", "unanswered", "stopped", "in_talk", "engaged", "quiet", "no_device"],
    ledger: [
      "requested", "stage", "deputy", "nobody", "passed_over", "rang", "card", "call_back", "seen", "resumed", "accepted", "promised", "declined", "not_me", "unanswered", "stopped",
      "override", "missed", "cancelled", "connected", "ended", "note_read", "note_taken",
    ],
    state: ["ringing", "promised", "connected", "missed", "cancelled", "ended"],
    urgency: ["today", "hour", "now"],
  };
  it.each(Object.keys(codes))("%s", (group) => {
    for (const language of ["nb", "en"] as const) {
      for (const code of codes[group] ?? []) expect(speaker.exists(`talk:${group}.${code}`, { lng: language, fallbackLng: "none" }), `${language} ${group}.${code}`).toBe(true);
    }
  });
});
