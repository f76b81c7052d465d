import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { Schemas } from "../api/client";
import { resources } from "../i18n/i18n";
import { attendedSchema } from "./attended";
import { at, kaja, odd, simen, testConsult } from "./consult.testing";
import { recordText, type Record } from "./record";
import { speechIn } from "./speech.testing";

const speaker = i18next.createInstance();
beforeAll(() => speaker.init({ resources, fallbackLng: "nb", interpolation: { escapeValue: false }, initAsync: false }));
const text = (record: Record, language: "nb" | "en") => recordText(record, speechIn(language, speaker));

type Participant = Schemas["ParticipantView"];
const participant = (key: string, more: Partial<Participant>): Participant => ({
  key, name: key, seat: "talk", need: "optional", reply: "accepted", host: true, you: false, visitor: false, link_used: false, revoked: false, org: "", present: false, ...more,
} as Participant);

const consult = testConsult({
  state: "ended", urgency: "now", patient_present: true, words: "SECRET WORDS", taken_by: simen,
  ledger: [
    { at: at(-60), what: "requested", person: odd, role: "gp", why: "medicines" },
    { at: at(-60), what: "stage", role: "duty_doctor" },
    { at: at(-60), what: "rang", person: kaja },
    { at: at(-59), what: "seen", person: kaja },
    { at: at(-45), what: "unanswered", person: kaja },
    { at: at(-45), what: "passed_over", person: { id: "s", name: "Stein Foss" }, why: "no_device" },
    { at: at(-45), what: "deputy", role: "palliative_consultant" },
    { at: at(-45), what: "rang", person: simen },
    { at: at(-40), what: "override", person: odd, why: "SECRET REASON" },
    { at: at(-30), what: "accepted", person: simen },
    { at: at(500), what: "ended" },
  ],
});

const attendance = attendedSchema.parse({
  running: false,
  attended: [
    { key: "k1", name: "Odd Berg", role: "gp", org: "Langneset", present: false, seconds: 525, minutes: 9, intervals: [{ start: at(-30), end: at(495), media: true }] },
    { key: "k2", name: "Simen Lie", role: "duty_doctor", org: "Havnes sykehus", present: false, seconds: 50, minutes: 1, intervals: [{ start: at(-28), end: at(22), media: true }] },
    { key: "k3", name: "Kari Patient", guest: "next_of_kin", present: false, seconds: 300, minutes: 5, intervals: [{ start: at(0), end: at(300), media: true }] },
    { key: "k5", name: "Never Came", role: "gp", present: false, seconds: 0, minutes: 0, intervals: null },
  ],
});

const meeting = {
  start: at(-60), patient_present: true, consent: { given_at: at(-60), given_by: "Odd Berg", withdrawn_at: at(400) },
  participants: [participant("k4", { name: "Inga Sara", role: "interpreter", org: "Tolketjenesten", by_hand: "phone" })],
};

describe("recordText", () => {
  it("says when, who, how long, who was rung and the consent, in bokmål", () => {
    expect(text({ meeting, attendance, consult }, "nb")).toBe(`Samtale på video, 27. november 2026, kl. 12:46–12:55
Ba om samtale: Odd Berg, fastlege, Langneset legekontor
Søkte: vakthavende lege, Vakthavende leger
Gjaldt: Medisiner. Hastegrad: nå.

Hvem ble ringt:
12:46:00 Odd Berg ba om samtale
12:46:00 ringte Kaja Nes
12:46:15 Kaja Nes svarte ikke
12:46:15 Stein Foss ble ikke ringt: ingen enhet som kan ringe
12:46:15 gikk videre til palliativ overlege
12:46:15 ringte Simen Lie
12:46:20 Odd Berg avbrøt én gang fordi det hastet
12:46:30 Simen Lie svarte

Hvem var med:
- Odd Berg, fastlege, Langneset: 9 minutter (12:46–12:55)
- Simen Lie, vakthavende lege, Havnes sykehus: under ett minutt (12:46–12:47)
- Pårørende: 5 minutter (12:47–12:52)
- Inga Sara, tolk, Tolketjenesten, på telefon: ikke målt

Pasienten var til stede.
Samtykke: krysset av kl. 12:46 av Odd Berg.
Samtykket ble trukket tilbake kl. 12:53.

Tidene er målt av Samtale.`);
  });
  it("says the same in English", () => {
    const en = text({ meeting, attendance, consult }, "en");
    expect(en).toContain("Consult by video, 27 November 2026, 12:46–12:55\nAsked for a talk: Odd Berg, GP, Langneset legekontor\nSought: duty doctor, Vakthavende leger\nAbout: Medicines. Urgency: now.");
    expect(en).toContain("12:46:15 Stein Foss was not rung: no device that can ring\n12:46:15 went on to palliative consultant\n12:46:15 rang Simen Lie");
    expect(en).toContain("- Odd Berg, GP, Langneset: 9 minutes (12:46–12:55)");
    expect(en).toContain("- Next of kin: 5 minutes (12:47–12:52)\n- Inga Sara, interpreter, Tolketjenesten, by phone: not measured");
    expect(en).toContain("Consent was withdrawn at 12:53.");
  });
  it("names no patient and no kin, and repeats nobody's free words", () => {
    for (const language of ["nb", "en"] as const) expect(text({ meeting, attendance, consult }, language)).not.toMatch(/Kari|SECRET|Never Came/);
  });
  it("does without a consult: an open door", () => {
    const door = text({ meeting: { ...meeting, patient_present: false, consent: undefined }, attendance, consult: null }, "en");
    expect(door).not.toMatch(/rung|Asked|onsent/);
    expect(door.split("\n\n")).toHaveLength(3);
  });
  it("says that consent was not ticked", () => {
    expect(text({ meeting: { ...meeting, consent: undefined }, attendance, consult }, "nb")).toContain("Pasienten var til stede.\nSamtykke er ikke krysset av.");
  });
  it("is a call that nobody took", () => {
    const none = text({ meeting: { start: at(-60), patient_present: false, participants: null }, attendance: { running: false, attended: [] }, consult: testConsult({ state: "missed", at: at(-60) }) }, "en");
    expect(none).toMatch(/^Call 27 November 2026, 12:46\n/);
    expect(none).toContain("Nobody was in the call.");
  });
  it("has no end while the talk runs", () => {
    const inside = { ...attendance, attended: attendance.attended.map((p, i) => ({ ...p, present: i === 0 })) };
    expect(text({ meeting, attendance: inside, consult }, "nb")).toMatch(/^Samtale på video, 27. november 2026, fra kl. 12:46\n/);
  });
  it("has an end when everybody has left, though the room still stands", () => {
    expect(text({ meeting, attendance: { ...attendance, running: true }, consult }, "nb")).toMatch(/kl. 12:46–12:55\n/);
  });
});
