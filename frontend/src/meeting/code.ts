/** Codes that are read out, and the pattern of a QR code. Pure. */

/** bare drops what people put between the characters. */
export function bare(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, "");
}

/** grouped is how a code is shown: "ABCD 2345". */
export function grouped(code: string): string {
  return bare(code).match(/.{1,4}/g)?.join(" ") ?? "";
}

/** spelled is how a screen reader should say it: character by character, with a rest between the groups. */
export function spelled(code: string): string {
  return grouped(code).split(" ").map((group) => [...group].join(" ")).join(", ");
}

/** A shorter code cannot be whole; the server says the rest. */
const shortest = 6;

export function isWhole(code: string): boolean {
  return bare(code).length >= shortest;
}

/** patternPath draws the dark modules of a QR code as one SVG path, a unit each; neighbours in a row are one stroke. */
export function patternPath(rows: readonly (readonly boolean[])[]): string {
  return rows.flatMap((row, y) => strokes(row).map(([x, width]) => `M${x} ${y}h${width}v1h-${width}z`)).join("");
}

function strokes(row: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  row.forEach((dark, x) => {
    if (!dark) return;
    const last = found.at(-1);
    if (last && last[0] + last[1] === x) last[1] += 1;
    else found.push([x, 1]);
  });
  return found;
}
