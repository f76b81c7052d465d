import { watchNetwork } from "./network";
import { bytesIn, isSilent, nextPulse, readEvery, type Pulse } from "./pulse";

type Doubtful = {
  doubt(excusable: boolean): void;
  trust(back: boolean): void;
};

type Watched = {
  /** What the browser counts of the connection's transport. */
  transport(): Promise<Iterable<unknown>>;
  restart(): void;
};

/** Watch looks for signs that the line is dead, long before a socket or a browser would say so. */
export class Watch {
  private pulse: Pulse | null = null;
  private quiet = false;
  private timer: ReturnType<typeof setInterval> | undefined;
  private unwatch: (() => void) | null = null;

  constructor(private readonly stay: () => Doubtful | null, private readonly connection: () => Watched) {}

  open(): void {
    this.close();
    this.unwatch = watchNetwork(() => { this.moved(); });
    document.addEventListener("visibilitychange", this.looked);
    this.timer = setInterval(() => { void this.read(); }, readEvery);
  }

  close(): void {
    this.unwatch?.();
    this.unwatch = null;
    document.removeEventListener("visibilitychange", this.looked);
    clearInterval(this.timer);
    this.pulse = null;
    this.quiet = false;
  }

  /** silent: nothing has come for a moment, whatever the browser says of the connection. */
  silent(): boolean {
    return this.quiet;
  }

  private async read(): Promise<void> {
    const bytes = bytesIn(await this.connection().transport());
    if (!this.unwatch) return;
    const now = performance.now();
    const was = this.quiet;
    this.pulse = nextPulse(this.pulse, bytes, now);
    this.quiet = isSilent(this.pulse, now);
    if (this.quiet) this.stay()?.doubt(true);
    else if (this.pulse && this.pulse.bytes > 0) this.stay()?.trust(was);
  }

  /** This machine has another way out, and what goes on by the old one proves nothing. */
  private moved(): void {
    this.stay()?.doubt(false);
    this.connection().restart();
  }

  private readonly looked = () => {
    if (document.visibilityState === "visible") this.stay()?.doubt(true);
  };
}
