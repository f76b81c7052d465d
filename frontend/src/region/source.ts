import type { Mistake } from "../api/problem";

/** Faulty is a mistake beside the line that it stands in; source is "" when the file has no such line. */
export type Faulty = Mistake & { source: string };

/** How much of a line is worth showing. */
const widest = 200;

/** withSource puts the line of the file beside each mistake, in the order of the file. Lines count from 1. */
export function withSource(mistakes: readonly Mistake[], text: string): Faulty[] {
  const lines = text.split(/\r\n|\r|\n/);
  return mistakes
    .map((m) => {
      const line = lines[m.line - 1] ?? "";
      return { ...m, source: line.length > widest ? `${line.slice(0, widest)}…` : line };
    })
    .sort((a, b) => a.line - b.line);
}

/** kilobytes as people read them: at least 1, so that a small file is not nothing. */
export function kilobytes(bytes: number): number {
  return Math.max(1, Math.round(bytes / 1024));
}
