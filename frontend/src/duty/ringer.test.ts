import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Bell } from "./Bell";
import { cadenceOf, type Cadence } from "./cadence";
import { Ringer } from "./ringer";

/** What a browser lets be heard, written down. Node has neither a loudspeaker nor a title. */
class HeardBell extends Bell {
  readonly heard: (Cadence | "stop")[] = [];
  lets = true;
  override ready(): Promise<boolean> { return Promise.resolve(this.lets); }
  override start(cadence: Cadence): void { this.heard.push(cadence); }
  override stop(): void { if (this.heard.at(-1) !== "stop") this.heard.push("stop"); }
}

type Lock = { name: string; signal: AbortSignal | undefined; run: () => Promise<void> | undefined; given: (value: unknown) => void };

/** The locks of one browser with several tabs: one holder, the others wait. */
class TestLocks {
  private holder: string | null = null;
  private readonly queue: Lock[] = [];
  request(name: string, options: { signal?: AbortSignal }, run: () => Promise<void> | undefined): Promise<unknown> {
    return new Promise((given, refused) => {
      const lock = { name, signal: options.signal, run, given };
      options.signal?.addEventListener("abort", () => {
        const at = this.queue.indexOf(lock);
        if (at >= 0) {
          this.queue.splice(at, 1);
          refused(new DOMException("aborted", "AbortError"));
        }
      });
      this.queue.push(lock);
      void this.next();
    });
  }
  query(): Promise<{ held: { name: string }[] }> { return Promise.resolve({ held: this.holder ? [{ name: this.holder }] : [] }); }
  private async next(): Promise<void> {
    if (this.holder !== null) return;
    const lock = this.queue.shift();
    if (!lock) return;
    this.holder = lock.name;
    await lock.run();
    this.holder = null;
    lock.given(undefined);
    void this.next();
  }
}

const listeners = new Map<string, Set<() => void>>();
const press = () => { for (const listener of [...(listeners.get("pointerdown") ?? [])]) listener(); };
const buzz = vi.fn();
const badge = { set: vi.fn(() => Promise.resolve()), clear: vi.fn(() => Promise.resolve()) };
const page = { title: "Board · Samtale" };

beforeEach(() => {
  vi.useFakeTimers();
  page.title = "Board · Samtale";
  listeners.clear();
  buzz.mockClear();
  vi.stubGlobal("document", page);
  vi.stubGlobal("navigator", { vibrate: buzz, locks: new TestLocks(), setAppBadge: badge.set, clearAppBadge: badge.clear });
  vi.stubGlobal("addEventListener", (kind: string, listener: () => void) => { listeners.set(kind, (listeners.get(kind) ?? new Set()).add(listener)); });
  vi.stubGlobal("removeEventListener", (kind: string, listener: () => void) => { listeners.get(kind)?.delete(listener); });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const calm = { urgent: false, title: "Somebody is ringing" };

describe("Ringer", () => {
  it("sounds, buzzes and flashes until it is told to stop", async () => {
    const bell = new HeardBell();
    const ringer = new Ringer(bell);
    ringer.open();
    ringer.ring(calm);
    await settle();
    expect(bell.heard.at(-1)).toBe(cadenceOf(false));
    expect(buzz).toHaveBeenLastCalledWith([...cadenceOf(false).buzz]);
    expect(page.title).toBe("Somebody is ringing");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(page.title).toBe("Board · Samtale");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(page.title).toBe("Somebody is ringing");
    ringer.ring(null);
    expect(bell.heard.at(-1)).toBe("stop"); // at once, not with the next round
    expect(buzz).toHaveBeenLastCalledWith(0);
    expect(page.title).toBe("Board · Samtale");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(bell.heard.at(-1)).toBe("stop");
    expect(buzz).toHaveBeenLastCalledWith(0);
  });
  it("is louder when it becomes urgent, and does not begin anew for the same wish", async () => {
    const bell = new HeardBell();
    const ringer = new Ringer(bell);
    ringer.ring(calm);
    await settle();
    ringer.ring({ ...calm });
    await settle();
    expect(bell.heard.filter((h) => h !== "stop")).toEqual([cadenceOf(false)]);
    ringer.ring({ ...calm, urgent: true });
    await settle();
    expect(bell.heard.at(-1)).toBe(cadenceOf(true));
  });
  it("never starts when the browser's yes comes after the ring", async () => {
    const bell = new HeardBell();
    const ringer = new Ringer(bell);
    ringer.ring(calm);
    ringer.ring(null);
    await settle();
    expect(bell.heard.filter((h) => h !== "stop")).toEqual([]);
  });
  it("sounds in one tab of a browser, and in the next when that one is closed", async () => {
    const [one, two] = [new HeardBell(), new HeardBell()];
    const tabs = [new Ringer(one), new Ringer(two)] as const;
    for (const tab of tabs) tab.ring(calm);
    await settle();
    expect([one.heard.at(-1), two.heard.at(-1)]).toEqual([cadenceOf(false), "stop"]);
    tabs[0].close();
    await settle();
    expect(two.heard.at(-1)).toBe(cadenceOf(false));
    tabs[1].ring(null);
    await settle();
    expect([one.heard.at(-1), two.heard.at(-1)]).toEqual(["stop", "stop"]);
  });
  it("says that the browser wants a press, and sounds with it", async () => {
    const bell = new HeardBell();
    bell.lets = false;
    const ringer = new Ringer(bell);
    ringer.open();
    const changes = vi.fn();
    ringer.subscribe(changes);
    ringer.ring(calm);
    await vi.advanceTimersByTimeAsync(500);
    expect(ringer.current().blocked).toBe(true);
    expect(changes).toHaveBeenCalled();
    bell.lets = true;
    press();
    await vi.advanceTimersByTimeAsync(500);
    expect(ringer.current().blocked).toBe(false);
    expect(bell.heard.at(-1)).toBe(cadenceOf(false));
  });
  it("wants no press when another tab sounds already", async () => {
    const [mute, open] = [new HeardBell(), new HeardBell()];
    mute.lets = false;
    const tabs = [new Ringer(mute), new Ringer(open)] as const;
    for (const tab of tabs) tab.ring(calm);
    await vi.advanceTimersByTimeAsync(500);
    expect(tabs[0].current().blocked).toBe(false);
  });
  it("leaves a title alone that the page has changed meanwhile", async () => {
    const ringer = new Ringer(new HeardBell());
    ringer.ring(calm);
    page.title = "Case · Samtale";
    await vi.advanceTimersByTimeAsync(1_000);
    expect(page.title).toBe("Case · Samtale");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(page.title).toBe("Somebody is ringing");
    ringer.ring(null);
    expect(page.title).toBe("Case · Samtale");
  });
  it("puts the number on the icon and takes it away", () => {
    const ringer = new Ringer(new HeardBell());
    ringer.badge(2);
    expect(badge.set).toHaveBeenLastCalledWith(2);
    ringer.badge(0);
    expect(badge.clear).toHaveBeenCalled();
  });
});
