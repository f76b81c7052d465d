import type { Uplink } from "./messages";

/** How your pictures share the line up. Pure; bits are per second. */

/** The camera's encodings as the protocol names them, lowest first. */
export const rids = ["q", "h", "f"] as const;

export type Size = { width: number; height: number };

export type Encoding = { active: boolean; scaleResolutionDownBy: number; maxBitrate: number };

/**
 * Chromium silently leaves out the upper encodings of a picture with fewer pixels than this (libwebrtc video/config/simulcast.cc), and
 * what is left would be half as large as it could be.
 */
const threeFrom = 960 * 540;
const twoFrom = 480 * 270;

/** The picture of q has about 180 lines, of h 360, of f 720. */
const tallest = 720;

/** Fewer bits make a picture of that size unreadable, more are not seen. */
const least = [40_000, 180_000, 500_000] as const;
const most = [150_000, 500_000, 1_700_000] as const;

/** A page of text at a few frames a second. */
const screenLeast = 100_000;
const screenMost = 1_500_000;

/** Before the server has said anything: what a good line carries. The browser begins low by itself. */
export const unlimited: Uplink = { step: "full", why: "", layers: rids.length, kbps: 4_000, audio_kbps: 24, red: false };

/** layersOf says how many encodings a camera's picture is worth; null: its size is not known. */
export function layersOf(size: Size | null): 1 | 2 | 3 {
  if (!size) return 2;
  const pixels = size.width * size.height;
  if (pixels >= threeFrom) return 3;
  return pixels >= twoFrom ? 2 : 1;
}

/** encodingsFor says what of the camera is sent: as many encodings as the server wants, the picture is worth and the bits allow. */
export function encodingsFor(size: Size | null, uplink: Uplink, sharing: boolean): Encoding[] {
  const worth = layersOf(size);
  const top = worth === 3 && size ? Math.max(1, Math.min(size.width, size.height) / tallest) : 1;
  let left = uplink.kbps * 1_000 - (sharing ? screenBits(uplink) : 0);
  let open = true;
  return rids.map((_, i) => {
    const [lowest, highest] = [least[i] ?? 0, most[i] ?? 0];
    const active = open && i < Math.min(uplink.layers, worth) && left >= lowest;
    open = active;
    const bits = active ? Math.min(highest, left) : highest;
    if (active) left -= bits;
    return { active, scaleResolutionDownBy: i < worth ? top * 2 ** (worth - 1 - i) : top, maxBitrate: bits };
  });
}

/** screenBits is what a shared screen gets: it goes before your face, which keeps its smallest encoding as long as there is room for both. */
export function screenBits({ kbps, layers }: Uplink): number {
  const all = kbps * 1_000;
  const face = layers > 0 && all >= screenLeast + most[0] ? most[0] : 0;
  return Math.min(screenMost, Math.max(0, all - face));
}

/** screenFor says whether and how a shared screen is sent. */
export function screenFor(uplink: Uplink): Encoding {
  const bits = screenBits(uplink);
  return { active: bits >= screenLeast, scaleResolutionDownBy: 1, maxBitrate: Math.max(bits, screenLeast) };
}

/** isWeak: the line up carries hardly more than the voice, so fewer and longer packets are worth their delay. */
export function isWeak({ step }: Uplink): boolean {
  return step === "sound" || step === "lifeline";
}
