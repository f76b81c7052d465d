import { screenFor } from "./encodings";
import type { Downlink, Uplink } from "./messages";

/** What was done to keep the sound, for the page to say. Pure. */

/** KeptDown: some or all pictures are paused for you, or only the two loudest are heard as well. "" is nothing worth a word. */
export type KeptDown = "" | "some_pictures" | "pictures" | "loudest";

/** KeptUp: the others do not see your picture, or not even the screen that you share. */
export type KeptUp = "" | "picture" | "screen";

/** keptDown: paused counts the pictures held back for your line's sake, others who is there beside you. */
export function keptDown(downlink: Downlink | null, paused: number, others: number): KeptDown {
  if (!downlink || downlink.why === "choice") return "";
  switch (downlink.step) {
    case "full":
    case "reduced":
    case "speaker":
      return paused > 0 ? "some_pictures" : "";
    case "sound":
      return paused > 0 ? "pictures" : "";
    case "lifeline":
      if (others > 2) return "loudest";
      return paused > 0 ? "pictures" : "";
  }
}

/** keptUp: with layers 0 and no reason nobody looks, which is no news. */
export function keptUp(uplink: Uplink | null, camera: boolean, screen: boolean): KeptUp {
  if (!uplink || uplink.why === "" || uplink.why === "choice" || uplink.layers > 0) return "";
  if (screen && !screenFor(uplink).active) return "screen";
  return camera ? "picture" : "";
}
