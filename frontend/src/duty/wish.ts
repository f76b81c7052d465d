import type { NewConsult } from "./queries";
import type { Urgency } from "./wording";

/** Wish is what the form holds. An urgency that was not chosen follows from the rest. */
export type Wish = {
  reason: string | null;
  urgency: Urgency | null;
  minutes: "2" | "5" | "10";
  patient: boolean;
  consent: boolean;
  words: string | null;
};

export const wordsMost = 120;

/** emptyWish: a knock is for two minutes, the hospital's duty for five. */
export function emptyWish(kind: "role" | "knock"): Wish {
  return { reason: null, urgency: null, minutes: kind === "knock" ? "2" : "5", patient: false, consent: false, words: null };
}

/** urgencyOf: whoever has the patient beside them cannot wait. */
export function urgencyOf(wish: Pick<Wish, "urgency" | "patient">): Urgency {
  return wish.urgency ?? (wish.patient ? "now" : "hour");
}

export type Mistake = "reason_missing" | "consent_missing";

export function mistakeOf(wish: Wish): Mistake | null {
  if (wish.reason === null) return "reason_missing";
  return wish.patient && !wish.consent ? "consent_missing" : null;
}

export type Target = { covers: string } | { person: string };

const minutesOf = { "2": 2, "5": 5, "10": 10 } as const;

/** bodyOf is a wish without mistakes as the server takes it. */
export function bodyOf(wish: Wish, target: Target): NewConsult {
  const words = wish.words?.trim();
  return {
    kind: "covers" in target ? "specialist" : "knock",
    ...target,
    reason: wish.reason ?? "",
    urgency: urgencyOf(wish),
    minutes: minutesOf[wish.minutes],
    ...(words ? { words } : {}),
    ...(wish.patient ? { patient_present: true, consent: wish.consent } : {}),
  };
}
