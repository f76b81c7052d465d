import type { Schemas } from "../api/client";
import type { Consult } from "./queries";

type Ring = Schemas["RingView"];

/** The instant of every test, and instants around it in seconds. */
export const testNow = Date.parse("2026-11-27T11:47:00Z");
export const at = (seconds: number) => new Date(testNow + seconds * 1000).toISOString();

export const kaja = { id: "kaja-nes", name: "Kaja Nes", org: "Havnes sykehus" };
export const simen = { id: "simen-lie", name: "Simen Lie", org: "Havnes sykehus" };
export const odd = { id: "odd-berg", name: "Odd Berg", org: "Langneset" };

export function testRing(more: Partial<Ring> = {}): Ring {
  return { person: kaja, role: "duty_doctor", level: 1, soft: false, at: at(-5), until: at(15), outcome: "ringing", seen: false, ...more };
}

export function testConsult(more: Partial<Consult> = {}): Consult {
  return {
    id: "c1", kind: "specialist", state: "ringing", caller: odd, caller_role: "gp", caller_unit: { id: "langneset-gp", name: "Langneset legekontor", kind: "gp_office", organization: "Langneset" },
    role: "duty_doctor", unit: { id: "duty", name: "Vakthavende leger", kind: "team", organization: "Havnes sykehus" }, reason: "medicines", urgency: "hour", minutes: 5,
    patient_present: false, rings: [], stage: 0, overridden: false, conference: "conf1", path: "/call/conf1", at: at(-10), you: "caller", may: [], revision: 1, ledger: [], ...more,
  };
}
