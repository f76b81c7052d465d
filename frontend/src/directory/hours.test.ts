import { describe, expect, it } from "vitest";
import { hoursWords, isNow, type Hours } from "./hours";

const say = (group: string, code: string) => `[${group}.${code}]`;
const at = (days: string, from: string, to: string): Hours => ({ days, from, to });

describe("hoursWords", () => {
  const en = (...hours: Hours[]) => hoursWords(hours, "en", say);
  it("says days and times", () => {
    expect(en(at("Mon-Fri", "08:00", "15:30"))).toBe("Mon–Fri 08:00–15:30");
    expect(en(at("Sat", "10:00", "24:00"))).toBe("Sat 10:00–24:00");
    expect(hoursWords([at("Mon-Fri", "08:00", "15:30")], "nb", say)).toBe("man.–fre. 08:00–15:30");
  });
  it("gathers days that share a time", () => {
    expect(en(at("Mon-Wed", "08:00", "15:00"), at("Fri", "08:00", "15:00"), at("Thu", "12:00", "18:00"))).toBe("Mon–Wed, Fri 08:00–15:00, Thu 12:00–18:00");
  });
  it("joins what touches", () => { expect(en(at("Mon", "08:00", "12:00"), at("Mon", "12:00", "16:00"))).toBe("Mon 08:00–16:00"); });
  it("says a night whole", () => {
    expect(en(at("Mon-Fri", "15:30", "24:00"), at("Tue-Sat", "00:00", "08:00"))).toBe("Mon–Fri 15:30–08:00");
    expect(en(at("Sun", "22:00", "24:00"), at("Mon", "00:00", "06:00"))).toBe("Sun 22:00–06:00");
  });
  it("leaves whole days apart from the evening before", () => {
    expect(en(at("Fri", "15:30", "24:00"), at("Sat-Sun", "00:00", "24:00"), at("Mon", "00:00", "08:00"))).toBe("Mon 00:00–08:00, Fri 15:30–24:00, Sat–Sun 00:00–24:00");
  });
  it("goes over the end of the week", () => { expect(en(at("Sat-Mon", "10:00", "12:00"))).toBe("Mon, Sat–Sun 10:00–12:00"); });
  it("has words for every day and for always", () => {
    expect(en(at("Mon-Sun", "08:00", "20:00"))).toBe("[directory.every_day] 08:00–20:00");
    expect(en(at("Mon-Sun", "00:00", "24:00"))).toBe("[directory.always]");
  });
  it("leaves out what it cannot read", () => {
    expect(en(at("Funday", "08:00", "20:00"), at("Mon", "8", "20:00"), at("Mon", "20:00", "08:00"), at("Mon", "08:00", "24:30"))).toBe("");
    expect(en()).toBe("");
  });
});

describe("isNow", () => {
  const oslo = "Europe/Oslo";
  const friday = [at("Fri", "12:00", "13:00")];
  const now = (hours: Hours[], when: string) => isNow(hours, new Date(when), oslo);
  it("is half-open and follows the zone", () => {
    expect(now(friday, "2026-11-27T10:59:00Z")).toBe(false);
    expect(now(friday, "2026-11-27T11:00:00Z")).toBe(true);
    expect(now(friday, "2026-11-27T11:59:00Z")).toBe(true);
    expect(now(friday, "2026-11-27T12:00:00Z")).toBe(false);
    expect(now(friday, "2026-11-26T11:30:00Z")).toBe(false);
  });
  it("follows summer time", () => { expect(now([at("Fri", "12:00", "13:00")], "2026-07-03T10:30:00Z")).toBe(true); });
  it("knows the day by the zone, not by UTC", () => {
    expect(now([at("Sat", "00:00", "06:00")], "2026-11-27T23:30:00Z")).toBe(true);
    expect(now([at("Sun", "22:00", "24:00")], "2026-11-29T22:30:00Z")).toBe(true);
  });
});
