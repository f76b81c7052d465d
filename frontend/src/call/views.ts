import type { Slot, View } from "./messages";

/** What of the others' pictures is really looked at, for the server to send no more than that. Pure. */

/** Place is a box on the page with somebody's picture or screen in it. height is in device pixels, 0: out of sight. */
export type Place = { key: string; source: "camera" | "screen"; height: number; large: boolean };

/** A telephone has more pixels than an eye can use at arm's length, and each of them is paid for on the line. */
const densest = 2;

/** heightIn is how tall a picture of 16:9 stands in a box. */
export function heightIn(box: { width: number; height: number }, density: number): number {
  return Math.round(Math.min(box.height, (box.width * 9) / 16) * Math.min(density, densest));
}

/** viewsOf lists the lines that are looked at, most important first: a shared screen, whoever is large, whoever speaks, the others. */
export function viewsOf(slots: readonly Slot[], places: readonly Place[], speakers: readonly string[]): View["lines"] {
  const seen = slots.flatMap(({ mid, kind, key, source }) => {
    if (kind !== "video" || !key || source === undefined || source === "microphone") return [];
    const boxes = places.filter((place) => place.key === key && place.source === source && place.height > 0);
    if (boxes.length === 0) return [];
    const rank = source === "screen" ? 0 : boxes.some((box) => box.large) ? 1 : 2;
    const turn = speakers.indexOf(key);
    return [{ mid, height: Math.max(...boxes.map((box) => box.height)), rank, turn: turn < 0 ? speakers.length : turn }];
  });
  return seen.toSorted((a, b) => a.rank - b.rank || a.turn - b.turn).map(({ mid, height }) => ({ mid, height }));
}
