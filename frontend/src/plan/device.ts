/** This browser as a device that can be rung while no page is open. What the browser can do is passed in: see Push. */
import type { Language } from "../i18n/language";

/** On an iPhone and an iPad only pages on the home screen may be pushed to. */
export type PushState = "unsupported" | "ios_needs_install" | "denied" | "off" | "on";

/** NewDevice is what the server needs to ring this browser. */
export type NewDevice = { endpoint: string; p256dh: string; auth: string; name: string };

/** Push is what this browser can do about rings on closed pages. Pass the same object each time. */
export type Push = {
  state: () => Promise<PushState>;
  /** It must be called by the press itself, for the browser asks the person; it throws an error that has a trouble. */
  turnOn: (key: string) => Promise<NewDevice>;
  /** The endpoint that is no more, null where there was none. */
  turnOff: () => Promise<string | null>;
  tellLanguage: (language: Language) => Promise<void>;
  /** Calls back when the browser has taken the subscription away. It returns its end. */
  whenChanged: (changed: () => void) => () => void;
};

const troubles = ["unsupported", "denied", "dismissed", "failed"] as const;

export type Trouble = (typeof troubles)[number];

/** troubleOf is null for what did not fail in the browser. */
export function troubleOf(error: unknown): Trouble | null {
  if (typeof error !== "object" || error === null || !("trouble" in error)) return null;
  return troubles.find((t) => t === error.trouble) ?? "failed";
}

/** idOf is how the server names a device: the SHA-256 of its endpoint, base64url. */
export async function idOf(endpoint: string): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
  return btoa(String.fromCharCode(...sum)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const storageKey = "samtale.device";

/** remembered is the id under which this browser was last added, by whoever it was: it says something only to who has that device. */
export function remembered(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null; // storage can be forbidden on shared machines
  }
}

export function remember(id: string | null): void {
  try {
    if (id === null) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, id);
  } catch {
    // The device rings all the same; the page only does not know that it is this one.
  }
}

/** Standing is what this browser does for the reader: somebody else may have turned it on here. */
export type Standing = Exclude<PushState, "on"> | "on" | "others";

export function standingOf(state: PushState, devices: readonly { id: string }[], known: string | null): Standing {
  return state === "on" && !devices.some((d) => d.id === known) ? "others" : state;
}
