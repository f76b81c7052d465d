/** Who is on duty when, as it comes out after changes and swaps, day by day. Pure: the zone is an argument. */
import type { Schemas } from "../api/client";
import { dayOf, type Day } from "../ui/time";

type Shift = Schemas["RosterShift"];
type Roster = Schemas["RosterHealth"];

/** A span in milliseconds, half-open. */
type Span = { start: number; end: number };

/** Row is one line of a week: somebody's time, or time that nobody has. */
export type Row =
  | Span & { kind: "shift"; name: string; person: string; level: number; layer: Shift["layer"] }
  | Span & { kind: "gap" };

/** DayRows are the lines of one civil day, in order of time. What began before the window stands on its first day. */
export type DayRows = { day: Day; rows: Row[] };

/**
 * inForce cuts from each shift what another layer takes over. On a level a change stands alone; a swap takes the place of the
 * one person of the base plan. Where the base plan has several, the server alone knows whom the swap replaces, and all stay.
 */
export function inForce(shifts: readonly Shift[]): (Span & { shift: Shift })[] {
  const of = (layer: Shift["layer"], level: number) => shifts.filter((s) => s.layer === layer && s.level === level);
  return shifts.flatMap((shift) => {
    const changes = shift.layer === "override" ? [] : of("override", shift.level).map(spanOf);
    const swaps = shift.layer === "base" ? of("swap", shift.level).map(spanOf) : [];
    const beside = of("base", shift.level).filter((s) => s.person.id !== shift.person.id).map(spanOf);
    const taken = [...changes, ...swaps.flatMap((swap) => without(swap, beside))];
    return without(spanOf(shift), taken).map((span) => ({ ...span, shift }));
  });
}

/** without is what is left of a span, in order. */
export function without(span: Span, taken: readonly Span[]): Span[] {
  return taken.reduce<Span[]>(
    (rest, t) => rest.flatMap((r) => [{ start: r.start, end: Math.min(r.end, t.start) }, { start: Math.max(r.start, t.end), end: r.end }].filter((s) => s.start < s.end)),
    [span],
  );
}

/** weekOf lists the days of a roster's window. The last day, which the window only touches, is left out when it is empty. */
export function weekOf({ shifts, gaps, window }: Pick<Roster, "shifts" | "gaps" | "window">, zone: string): DayRows[] {
  const shown = spanOf(window);
  const rows: Row[] = [
    ...inForce(shifts ?? []).map(({ start, end, shift }) => ({ kind: "shift" as const, start, end, name: shift.person.name, person: shift.person.id, level: shift.level, layer: shift.layer })),
    ...(gaps ?? []).map((gap) => ({ kind: "gap" as const, ...spanOf(gap) })),
  ].filter((row) => row.end > shown.start && row.start < shown.end);
  rows.sort((a, b) => Math.max(a.start, shown.start) - Math.max(b.start, shown.start) || levelOf(a) - levelOf(b));
  const days = daysOf(shown, zone).map((day) => ({ day, rows: rows.filter((row) => dayOf(new Date(Math.max(row.start, shown.start)), zone) === day) }));
  return days.at(-1)?.rows.length === 0 ? days.slice(0, -1) : days;
}

function daysOf({ start, end }: Span, zone: string): Day[] {
  const days: Day[] = [];
  const last = dayOf(new Date(end - 1), zone);
  for (let day = dayOf(new Date(start), zone); day <= last; day = new Date(Date.parse(`${day}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10)) days.push(day);
  return days;
}

function levelOf(row: Row): number {
  return row.kind === "gap" ? 0 : row.level;
}

function spanOf({ start, end }: { start: string; end: string }): Span {
  return { start: Date.parse(start), end: Date.parse(end) };
}
