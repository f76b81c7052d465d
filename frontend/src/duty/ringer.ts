import { Bell } from "./Bell";
import { cadenceOf, flashEvery, titleAt } from "./cadence";

/** Ringing is what should be heard and seen in the tab now. */
export type Ringing = { urgent: boolean; title: string };

export type RingerState = {
  /** It should sound here and the browser wants a press first. */
  blocked: boolean;
};

/** Of all tabs of a browser only the one that holds this lock sounds; all of them show the ring. */
const lockName = "samtale.ring";

/** Another tab may be about to take the lock. */
const otherTabWithin = 200;

/**
 * Ringer makes a ring heard: sound, a phone's motor, the tab's title and the badge. It holds nothing of who rings. ring(null)
 * is heard at once. open and close may follow each other again and again.
 */
export class Ringer {
  private state: RingerState = { blocked: false };
  private readonly listeners = new Set<() => void>();
  private wanted: Ringing | null = null;
  /** Counts what was wanted: an answer of the browser that comes late belongs to an older wish. */
  private turn = 0;
  private release: (() => void) | null = null;
  private waiting: AbortController | null = null;
  private buzzing: ReturnType<typeof setInterval> | undefined;
  private flashing: ReturnType<typeof setInterval> | undefined;
  private pageTitle = "";
  private shownTitle = "";

  constructor(private readonly bell: Bell = new Bell()) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  };

  readonly current = (): RingerState => this.state;

  /** open lets the first press anywhere on the page unlock the sound, long before somebody rings. */
  open(): void {
    addEventListener("pointerdown", this.unlock);
    addEventListener("keydown", this.unlock);
  }

  close(): void {
    removeEventListener("pointerdown", this.unlock);
    removeEventListener("keydown", this.unlock);
    this.ring(null);
    this.badge(0);
    this.bell.close();
  }

  /** unlock must be called in a press. */
  readonly unlock = (): void => {
    void this.bell.ready().then((ready) => {
      if (!ready) return;
      removeEventListener("pointerdown", this.unlock);
      removeEventListener("keydown", this.unlock);
      if (!this.wanted) this.bell.stop();
      else if (this.state.blocked) this.again();
    });
  };

  /** ring begins, changes or with null ends a ring. The same wish again changes nothing. */
  ring(wanted: Ringing | null): void {
    if (wanted?.urgent === this.wanted?.urgent && wanted?.title === this.wanted?.title) return;
    this.hush();
    this.wanted = wanted;
    if (!wanted) return;
    this.flash(wanted.title);
    void this.sound(cadenceOf(wanted.urgent), this.turn);
  }

  /** badge is the number on the icon of an installed page; zero takes it away. */
  badge(count: number): void {
    if (!("setAppBadge" in navigator)) return;
    const done = count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge();
    void done.catch(() => undefined); // not installed, or not allowed: the list in the page says the same
  }

  private again(): void {
    const { wanted } = this;
    this.ring(null);
    this.ring(wanted);
  }

  private hush(): void {
    this.turn += 1;
    this.bell.stop();
    this.release?.();
    this.release = null;
    this.waiting?.abort();
    this.waiting = null;
    clearInterval(this.buzzing);
    if (this.buzzing !== undefined) buzz(0);
    this.buzzing = undefined;
    clearInterval(this.flashing);
    // A page that has given itself another title meanwhile keeps it.
    if (this.flashing !== undefined && document.title === this.shownTitle) document.title = this.pageTitle;
    this.flashing = undefined;
    this.set({ blocked: false });
  }

  private flash(ring: string): void {
    const begun = Date.now();
    this.pageTitle = document.title;
    this.shownTitle = document.title;
    const show = () => {
      if (document.title !== this.shownTitle) this.pageTitle = document.title;
      this.shownTitle = titleAt(Date.now() - begun, this.pageTitle, ring);
      document.title = this.shownTitle;
    };
    show();
    this.flashing = setInterval(show, flashEvery);
  }

  private async sound(cadence: ReturnType<typeof cadenceOf>, turn: number): Promise<void> {
    const ready = await this.bell.ready();
    if (turn !== this.turn) return;
    if (!ready) {
      const heard = await soundsElsewhere();
      if (turn === this.turn) this.set({ blocked: !heard });
      return;
    }
    const start = () => {
      this.bell.start(cadence);
      buzz(cadence.buzz);
      this.buzzing = setInterval(() => { buzz(cadence.buzz); }, cadence.seconds * 1000);
    };
    // Without https there are no locks: then every tab sounds, which is better than none.
    if (!("locks" in navigator)) {
      start();
      return;
    }
    this.waiting = new AbortController();
    await navigator.locks.request(lockName, { signal: this.waiting.signal }, () => {
      if (turn !== this.turn) return undefined;
      start();
      return new Promise<void>((resolve) => { this.release = resolve; });
    }).catch(() => undefined); // the wish for the lock was taken back: the ring is over
  }

  private set(state: RingerState): void {
    if (state.blocked === this.state.blocked) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

function buzz(pattern: number | readonly number[]): void {
  if ("vibrate" in navigator) navigator.vibrate(typeof pattern === "number" ? pattern : [...pattern]);
}

/** soundsElsewhere: another tab of this browser has the ring in its hands. */
async function soundsElsewhere(): Promise<boolean> {
  if (!("locks" in navigator)) return false;
  await new Promise((resolve) => setTimeout(resolve, otherTabWithin));
  const { held } = await navigator.locks.query().catch(() => ({ held: [] }));
  return (held ?? []).some((lock) => lock.name === lockName);
}
