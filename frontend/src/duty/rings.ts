import type { Consult, Consults } from "./queries";

/** Shown is one ring as the overlay shows it. `due` is a promise of one's own whose time has come. */
export type Shown = { key: string; consult: Consult; due: boolean };

/** The server rings at the time of a promise. Should that be late, the page does it, for this long. */
const dueFor = 60_000;

/** A ring that never comes back from the server dies with its own end, which the server's clock tells. */
export function stillRings(consult: Consult, now: number): boolean {
  const ring = consult.your_ring;
  if (consult.state !== "ringing" || ring?.outcome !== "ringing") return false;
  return ring.until === undefined || Date.parse(ring.until) > now;
}

/** keyOf names one ring of one person: a second ring of the same consult is another. */
export function keyOf(consult: Consult): string {
  return `${consult.id} ${consult.your_ring?.at ?? ""}`;
}

/** ringsOf sorts what rings here: loud ones one after the other, the oldest first, and silent cards. hidden are those that have just been answered. */
export function ringsOf(view: Pick<Consults, "ringing" | "promised"> | undefined, now: number, hidden: ReadonlySet<string>): { loud: Shown[]; soft: Shown[] } {
  const open = (view?.ringing ?? []).filter((c) => stillRings(c, now)).map((consult): Shown => ({ key: keyOf(consult), consult, due: false }));
  const known = new Set(open.map((s) => s.consult.id));
  const due = (view?.promised ?? [])
    .filter((c) => !known.has(c.id) && isDue(c, now))
    .map((consult): Shown => ({ key: `${consult.id} due`, consult, due: true }));
  const all = [...open, ...due].filter((s) => !hidden.has(s.key)).sort((a, b) => begun(a) - begun(b));
  return { loud: all.filter((s) => !isSoft(s)), soft: all.filter(isSoft) };
}

function isSoft(shown: Shown): boolean {
  return !shown.due && (shown.consult.your_ring?.soft ?? false);
}

function begun({ consult, due }: Shown): number {
  return Date.parse((due ? consult.promise?.at : consult.your_ring?.at) ?? consult.at);
}

function isDue(consult: Consult, now: number): boolean {
  if (consult.state !== "promised" || !consult.promise) return false;
  const late = now - Date.parse(consult.promise.at);
  return late >= 0 && late < dueFor;
}

/** facing keeps the ring that a hand is already moving towards in front, however many come after. */
export function facing(loud: readonly Shown[], before: string | null): Shown | undefined {
  return loud.find((s) => s.key === before) ?? loud[0];
}

/** nextMoment is when something here changes by the clock alone; null: nothing will. */
export function nextMoment(view: Pick<Consults, "ringing" | "promised"> | undefined, now: number): number | null {
  const ends = (view?.ringing ?? []).filter((c) => stillRings(c, now)).flatMap((c) => (c.your_ring?.until ? [Date.parse(c.your_ring.until)] : []));
  const promises = (view?.promised ?? []).flatMap((c) => (c.promise ? [Date.parse(c.promise.at), Date.parse(c.promise.at) + dueFor] : []));
  const ahead = [...ends, ...promises].filter((at) => at > now);
  return ahead.length > 0 ? Math.min(...ahead) : null;
}

/** Farewell is why a ring stopped that the person here did not answer here. */
export type Farewell = { kind: "took" | "hung_up" | "missed"; name: string } | { kind: "elsewhere" };

/** farewellOf: nothing is said of what one has answered with "not now", or of a practice ring. */
export function farewellOf(consult: Consult): Farewell | null {
  if (consult.kind === "practice") return null;
  switch (consult.your_ring?.outcome) {
    case "stopped":
      if (consult.taken_by) return { kind: "took", name: consult.taken_by.name };
      if (consult.promise) return { kind: "took", name: consult.promise.by.name };
      return { kind: "hung_up", name: consult.caller.name };
    case "accepted":
      return { kind: "elsewhere" };
    case "unanswered":
      return { kind: "missed", name: consult.caller.name };
    case "ringing":
    case "promised":
    case "declined":
    case "not_me":
    case "in_talk":
    case "engaged":
    case "quiet":
    case "no_device":
    case undefined:
      return null;
  }
}

/** waitingCount is what the badge of an installed page shows: everything that waits for an answer here. */
export function waitingCount(view: Consults | undefined, rings: number): number {
  const unread = (view?.missed ?? []).filter((c) => !c.note?.read_at).length;
  return rings + unread;
}
