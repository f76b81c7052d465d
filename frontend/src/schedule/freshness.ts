/** Freshness is how old the knowledge of a person's time is. "hours": there is no calendar, only working hours and what is booked here. */
export type Freshness = { kind: "fresh" | "stale"; minutes: number } | { kind: "hours" } | { kind: "unknown"; why: string };

/** freshnessOf reads the finder's text: "12m", "no calendar", "unknown: stale 1560m", "unknown: not_found". What it does not understand is not known. */
export function freshnessOf(text: string | undefined): Freshness {
  const age = /^(?:(unknown: stale) )?(\d+)m$/.exec(text ?? "");
  if (age) return { kind: age[1] ? "stale" : "fresh", minutes: Number(age[2]) };
  if (text === "no calendar") return { kind: "hours" };
  return { kind: "unknown", why: /^unknown: (\w+)$/.exec(text ?? "")?.[1] ?? "" };
}
