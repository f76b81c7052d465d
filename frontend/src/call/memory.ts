/** What this browser remembers: who it is, which call this tab is in, and how the person likes to take part. */

const prefix = "samtale.call.";

function read(store: () => Storage, key: string): string | null {
  try {
    return store().getItem(prefix + key);
  } catch {
    return null; // storage can be forbidden on shared machines
  }
}

function write(store: () => Storage, key: string, value: string | null): void {
  try {
    if (value === null) store().removeItem(prefix + key);
    else store().setItem(prefix + key, value);
  } catch {
    // It is then asked again.
  }
}

const device = () => localStorage;
const tab = () => sessionStorage;

function draw(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** tabId names this tab over reloads: the server gives a reloaded page its old seat back. */
export function tabId(): string {
  let id = read(tab, "tab");
  if (!id) {
    id = draw();
    write(tab, "tab", id);
  }
  return id;
}

/** insideCall: this tab was in that call when it was last seen, so that a reload goes straight back. */
export function insideCall(conference: string): boolean {
  return read(tab, "inside") === conference;
}

export function setInsideCall(conference: string | null): void {
  write(tab, "inside", conference);
}

/** Kept is how you were taking part when this tab was last seen: a reload must not open a microphone that was closed. */
export type Kept = { muted: boolean; cameraOff: boolean };

export function readKept(): Kept {
  return { muted: read(tab, "muted") === "yes", cameraOff: read(tab, "camera-off") === "yes" };
}

export function writeKept(kept: Kept): void {
  write(tab, "muted", kept.muted ? "yes" : null);
  write(tab, "camera-off", kept.cameraOff ? "yes" : null);
}

/**
 * Wishes hold for this machine: devices by id, whether it takes part with sound only, whether what is behind you is blurred, and whether
 * single keys steer the call.
 */
export type Wishes = { microphone: string | null; camera: string | null; speaker: string | null; soundOnly: boolean; blur: boolean; shortcuts: boolean };

export function readWishes(): Wishes {
  return {
    microphone: read(device, "microphone"),
    camera: read(device, "camera"),
    speaker: read(device, "speaker"),
    soundOnly: read(device, "sound-only") === "yes",
    blur: read(device, "blur") === "yes",
    shortcuts: read(device, "shortcuts") !== "no",
  };
}

export function writeWishes(wishes: Wishes): void {
  write(device, "microphone", wishes.microphone);
  write(device, "camera", wishes.camera);
  write(device, "speaker", wishes.speaker);
  write(device, "sound-only", wishes.soundOnly ? "yes" : null);
  write(device, "blur", wishes.blur ? "yes" : null);
  write(device, "shortcuts", wishes.shortcuts ? null : "no");
}

/** readRelayed is when this browser last found that only the relay gets through; null: it has not, or has got through without since. */
export function readRelayed(): number | null {
  return Number(read(device, "relayed")) || null;
}

export function writeRelayed(at: number | null): void {
  write(device, "relayed", at === null ? null : String(at));
}

/** Plan is how this tab follows the agenda: begun at another time, shortened, what has been ticked. */
export type Plan = { began: number | null; short: boolean; ticks: readonly string[] };

export function readPlan(conference: string): Plan {
  const [of, began, short, ...ticks] = (read(tab, "plan") ?? "").split(" ");
  if (of !== conference) return { began: null, short: false, ticks: [] };
  return { began: Number(began) || null, short: short === "short", ticks };
}

export function writePlan(conference: string, { began, short, ticks }: Plan): void {
  write(tab, "plan", [conference, began ?? 0, short ? "short" : "whole", ...ticks].join(" "));
}
