/** Ringing this machine while no page is open: whether it can, turning it on and off. The worker itself is public/sw.js. */
import type { Language } from "../i18n/language";

/** On an iPhone and an iPad only pages on the home screen may be pushed to. */
export type PushState = "unsupported" | "ios_needs_install" | "denied" | "off" | "on";

/** Facts are what the browser says of itself. */
export type Facts = { able: boolean; ios: boolean; installed: boolean; permission: NotificationPermission; subscribed: boolean };

export function judge(facts: Facts): PushState {
  if (!facts.able) return facts.ios && !facts.installed ? "ios_needs_install" : "unsupported";
  if (facts.permission === "denied") return "denied";
  return facts.permission === "granted" && facts.subscribed ? "on" : "off";
}

export async function pushState(): Promise<PushState> {
  const isAble = able();
  return judge({
    able: isAble,
    ios: appleTouch(navigator.userAgent, navigator.maxTouchPoints) !== null,
    installed: window.matchMedia("(display-mode: standalone)").matches,
    permission: isAble ? Notification.permission : "default",
    subscribed: isAble && (await subscription()) !== null,
  });
}

/** able: not on pages without https, nor in private windows of some browsers. */
function able(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

async function subscription(): Promise<PushSubscription | null> {
  try {
    return (await (await registration())?.pushManager.getSubscription()) ?? null;
  } catch {
    return null; // storage can be forbidden on shared machines
  }
}

function registration(): Promise<ServiceWorkerRegistration | undefined> {
  return navigator.serviceWorker.getRegistration("/");
}

/** Trouble is why it could not be turned on; each has its own sentence of rescue. Dismissed may be asked again. */
export type Trouble = "unsupported" | "denied" | "dismissed" | "failed";

export class PushTrouble extends Error {
  constructor(readonly trouble: Trouble, options?: ErrorOptions) {
    super(`push: ${trouble}`, options);
  }
}

/** Device is what the server needs to ring this browser. Its endpoint is a secret of the browser. */
export type Device = { endpoint: string; p256dh: string; auth: string; name: string };

/**
 * turnOn must be called by a press: the browser asks the person then. Where it is on already it asks nothing and gives the
 * device anew, so that a page can tell the server after each start: browsers change it unasked. Throws PushTrouble.
 */
export async function turnOn(vapidKey: string): Promise<Device> {
  if (!able()) throw new PushTrouble("unsupported");
  const permission = await Notification.requestPermission(); // first: Safari forgets the press while anything else is waited for
  if (permission !== "granted") throw new PushTrouble(permission === "denied" ? "denied" : "dismissed");
  try {
    await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
    const { pushManager } = await navigator.serviceWorker.ready;
    const made = await subscribe(pushManager, vapidKey);
    return deviceOf(made.toJSON(), deviceName(navigator.userAgent, navigator.maxTouchPoints));
  } catch (error) {
    throw error instanceof PushTrouble ? error : new PushTrouble("failed", { cause: error });
  }
}

/** A subscription made under another key of the server can never ring again. */
async function subscribe(pushManager: PushManager, vapidKey: string): Promise<PushSubscription> {
  const old = await pushManager.getSubscription();
  const oldKey = old?.options.applicationServerKey;
  if (old && (!oldKey || base64url(new Uint8Array(oldKey)) === vapidKey)) return old;
  await old?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: vapidKey });
}

/** turnOff returns the endpoint that the server should forget, null where nothing was on. */
export async function turnOff(): Promise<string | null> {
  if (!able()) return null;
  const on = await subscription();
  await on?.unsubscribe();
  return on?.endpoint ?? null;
}

/** tellLanguage: the worker cannot see the page's choice. It is to be called after turnOn and when the choice changes. */
export async function tellLanguage(language: Language): Promise<void> {
  if (!able()) return;
  (await registration())?.active?.postMessage({ t: "language", language });
}

/** whenChanged calls back when the browser has taken the subscription away: turnOn then makes the next. It returns its end. */
export function whenChanged(changed: () => void): () => void {
  if (!able()) return () => undefined;
  const worker = navigator.serviceWorker;
  const hear = (event: MessageEvent<unknown>) => { if (isChange(event.data)) changed(); };
  worker.addEventListener("message", hear);
  worker.startMessages();
  return () => { worker.removeEventListener("message", hear); };
}

export function isChange(said: unknown): boolean {
  return typeof said === "object" && said !== null && "t" in said && said.t === "subscription_changed";
}

export function deviceOf(json: PushSubscriptionJSON, name: string): Device {
  const { endpoint, keys } = json;
  if (!endpoint || !keys?.p256dh || !keys.auth) throw new PushTrouble("unsupported"); // a browser from before encryption
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth, name };
}

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The first that fits: all but Firefox claim to be Safari, and most to be Chrome. */
const browsers = [
  [/\bEdg(A|iOS)?\//, "Edge"], [/\b(OPR|OPT)\//, "Opera"], [/\bSamsungBrowser\//, "Samsung Internet"], [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS)\//, "Chrome"], [/\bSafari\/|\bAppleWebKit\//, "Safari"],
] as const;

const systems = [[/\bAndroid\b/, "Android"], [/\bCrOS\b/, "ChromeOS"], [/\bWindows\b/, "Windows"], [/\bMacintosh\b/, "Mac"], [/\bLinux\b/, "Linux"]] as const;

/** deviceName tells a person's machines apart, in words that are the same in every language: "Chrome, Android". */
export function deviceName(userAgent: string, touchPoints: number): string {
  const found = (list: readonly (readonly [RegExp, string])[]) => list.find(([pattern]) => pattern.test(userAgent))?.[1];
  const parts = [found(browsers), appleTouch(userAgent, touchPoints) ?? found(systems)].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(", ") : "?";
}

/** An iPad claims to be a Mac; Macs have no touch screen. */
function appleTouch(userAgent: string, touchPoints: number): "iPhone" | "iPad" | null {
  if (/\b(iPhone|iPod)\b/.test(userAgent)) return "iPhone";
  return /\biPad\b/.test(userAgent) || (/\bMacintosh\b/.test(userAgent) && touchPoints > 1) ? "iPad" : null;
}
