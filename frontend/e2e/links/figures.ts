import { expect, test } from "@playwright/test";

/** quick is the short run: fewer lines of the matrix, shorter windows. */
export const quick = process.env.QUICK === "1";

/** How long a call may settle before it is measured, and for how long it is. */
export const settleMs = quick ? 10_000 : 15_000;
export const windowMs = 1000 * Number(process.env.LINKS_SECONDS ?? (quick ? 15 : 60));

/** Limit is what must hold of a figure. */
export type Limit = { under: number } | { atMost: number } | { atLeast: number } | { over: number } | { is: string | number };

/** Figure is a line of the table. */
export interface Figure { what: string; wanted: string; measured: string; held: boolean }

/** A figure that is part of the acceptance: the test fails when it does not hold, and the rest is measured all the same. */
export function figure(what: string, measured: string | number, limit: Limit, unit = ""): void {
  const [word, value] = says(limit);
  const held = holds(measured, limit);
  const shown = typeof measured === "number" ? round(measured, unit) : measured;
  note({ what, wanted: `${word}${value}${unit}`, measured: shown, held });
  expect.soft(held, `${what}: ${shown}, wanted ${word}${value}${unit}`).toBe(true);
}

/** A number worth knowing, without a limit. */
export function remark(what: string, measured: number, unit = ""): void {
  note({ what, wanted: "", measured: round(measured, unit), held: true });
}

function note(f: Figure): void {
  test.info().annotations.push({ type: "figure", description: JSON.stringify(f) });
}

function says(limit: Limit): [string, string | number] {
  if ("under" in limit) return ["< ", limit.under];
  if ("atMost" in limit) return ["≤ ", limit.atMost];
  if ("atLeast" in limit) return ["≥ ", limit.atLeast];
  if ("over" in limit) return ["> ", limit.over];
  return ["", limit.is];
}

function holds(measured: string | number, limit: Limit): boolean {
  if ("is" in limit) return measured === limit.is;
  if (typeof measured !== "number") return false;
  if ("under" in limit) return measured < limit.under;
  if ("atMost" in limit) return measured <= limit.atMost;
  if ("atLeast" in limit) return measured >= limit.atLeast;
  return measured > limit.over;
}

function round(n: number, unit: string): string {
  if (!Number.isFinite(n)) return "never";
  return (Math.abs(n) >= 100 ? n.toFixed(0) : String(Number(n.toPrecision(3)))) + unit;
}
