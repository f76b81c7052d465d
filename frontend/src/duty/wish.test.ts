import { describe, expect, it } from "vitest";
import { bodyOf, emptyWish, mistakeOf, urgencyOf } from "./wish";

describe("a wish", () => {
  it("needs a reason, and the patient's word when the patient is there", () => {
    const wish = emptyWish("role");
    expect(mistakeOf(wish)).toBe("reason_missing");
    expect(mistakeOf({ ...wish, reason: "family" })).toBeNull();
    expect(mistakeOf({ ...wish, reason: "family", patient: true })).toBe("consent_missing");
    expect(mistakeOf({ ...wish, reason: "family", patient: true, consent: true })).toBeNull();
  });
  it("is urgent with the patient there, unless the caller says otherwise", () => {
    expect(urgencyOf({ urgency: null, patient: false })).toBe("hour");
    expect(urgencyOf({ urgency: null, patient: true })).toBe("now");
    expect(urgencyOf({ urgency: "today", patient: true })).toBe("today");
  });
  it("is three taps: a role, a reason, ring", () => {
    expect(bodyOf({ ...emptyWish("role"), reason: "medicines" }, { covers: "duty_doctor@duty" })).toEqual({ kind: "specialist", covers: "duty_doctor@duty", reason: "medicines", urgency: "hour", minutes: 5 });
  });
  it("knocks for two minutes", () => {
    expect(bodyOf({ ...emptyWish("knock"), reason: "other" }, { person: "kaja-nes" })).toEqual({ kind: "knock", person: "kaja-nes", reason: "other", urgency: "hour", minutes: 2 });
  });
  it("sends words and consent only when there are any", () => {
    const wish = { ...emptyWish("role"), reason: "family", words: "  ", patient: true, consent: true };
    expect(bodyOf(wish, { covers: "a@b" })).toMatchObject({ patient_present: true, consent: true, urgency: "now" });
    expect(bodyOf(wish, { covers: "a@b" })).not.toHaveProperty("words");
    expect(bodyOf({ ...wish, words: " pumpe? " }, { covers: "a@b" }).words).toBe("pumpe?");
  });
});
