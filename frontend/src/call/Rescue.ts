import { isLost, nextCheck, nextInterruption, undisturbed, type Sign } from "./recovery";
import type { SoundState } from "./state";

/** Rescue watches whether the sound was held back or taken away, for example by a phone call, and says when a press is needed. */
export class Rescue {
  private state = undisturbed;
  private blocked = false;
  private said: SoundState = "good";
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** sound is called when it changes, shown when somebody looks at the page again. */
  constructor(private readonly sound: (sound: SoundState) => void, private readonly shown: () => void) {}

  open(): void {
    document.addEventListener("visibilitychange", this.looked);
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.looked);
    this.state = undisturbed;
    this.blocked = false;
    this.check();
  }

  sign(sign: Sign): void {
    this.state = nextInterruption(this.state, sign, performance.now());
    this.check();
  }

  block(blocked: boolean): void {
    this.blocked = blocked;
    this.check();
  }

  private readonly looked = () => {
    const hidden = document.visibilityState === "hidden";
    this.sign(hidden ? "hidden" : "shown");
    if (!hidden) this.shown();
  };

  private check(): void {
    clearTimeout(this.timer);
    const now = performance.now();
    const wait = nextCheck(this.state, now);
    if (wait !== null) this.timer = setTimeout(() => { this.check(); }, wait);
    const sound = isLost(this.state, now) ? "lost" : this.blocked ? "blocked" : "good";
    if (sound === this.said) return;
    this.said = sound;
    this.sound(sound);
  }
}
