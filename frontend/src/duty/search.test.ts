import { describe, expect, it } from "vitest";
import type { DutyRole } from "./queries";
import { matching } from "./search";

const role = (covers: string, name: string, organization: string, people: string[] = [], next: string[] = []): DutyRole => ({
  covers, role: covers.split("@")[0] ?? "", unit: { id: covers, name, kind: "team", organization }, mine: false,
  on: people.map((p) => ({ person: { id: p, name: p }, level: 1, since: "", until: "", source: { origin: "hours", stale: false }, reach: { state: "free" }, you: false })),
  next: next.length > 0 ? { start: "", people: next.map((p) => ({ id: p, name: p })) } : undefined,
});
const roles = [
  role("duty_doctor@duty", "Vakthavende leger", "Havnes sykehus", ["Kaja Nes"]),
  role("gp@reinvatn-gp", "Reinvatn legekontor", "Reinvatn / Boazojávri", ["Máhtte Šara"]),
  role("on_call_doctor@ytter", "Legevakt", "Ytterværet", [], ["Simen Lie"]),
];
const names = { duty_doctor: "vakthavende lege", gp: "fastlege", on_call_doctor: "legevaktslege" };
const found = (text: string) => matching(roles, text, names).map((r) => r.covers);

describe("matching", () => {
  it("keeps the server's order when nothing is sought", () => { expect(found("  ")).toEqual(roles.map((r) => r.covers)); });
  it("finds by role in the person's own words, by unit, by organisation and by person", () => {
    expect(found("fastlege")).toEqual(["gp@reinvatn-gp"]);
    expect(found("VÆRET")).toEqual(["on_call_doctor@ytter"]);
    expect(found("kaja")).toEqual(["duty_doctor@duty"]);
    expect(found("simen")).toEqual(["on_call_doctor@ytter"]);
  });
  it("wants every word, in any order", () => {
    expect(found("havnes lege")).toEqual(["duty_doctor@duty"]);
    expect(found("havnes fastlege")).toEqual([]);
  });
  it("finds Sámi names written without their letters", () => { expect(found("boazojavri sara")).toEqual(["gp@reinvatn-gp"]); });
});
