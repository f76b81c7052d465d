import { nextSteady, nextTurn, type Steady } from "./steady";

/** Calm holds back a word until it has lasted, and lets it go only when it has been over for a while. */
export class Calm<T> {
  private state: Steady<T>;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** nothing needs no word; shown is called when another is shown. */
  constructor(private readonly nothing: T, private readonly shown: (value: T) => void) {
    this.state = { shown: nothing, next: nothing, since: 0 };
  }

  set(value: T): void {
    clearTimeout(this.timer);
    const before = this.state.shown;
    const now = performance.now();
    this.state = nextSteady(this.state, value, this.nothing, now);
    const wait = nextTurn(this.state, this.nothing, now);
    if (wait !== null) this.timer = setTimeout(() => { this.set(value); }, wait);
    if (this.state.shown !== before) this.shown(this.state.shown);
  }

  /** clear shows nothing at once. */
  clear(): void {
    clearTimeout(this.timer);
    const was = this.state.shown;
    this.state = { shown: this.nothing, next: this.nothing, since: 0 };
    if (was !== this.nothing) this.shown(this.nothing);
  }
}
