import { openScreen } from "./devices";
import type { ShareNote } from "./state";

/** SharingState is your own screen as the page shows it. */
export type SharingState = "off" | "asking" | "on";

/** Sharing holds the screen that you show the others. The browser has a stop button of its own, which ends it here too. */
export class Sharing {
  private held: MediaStreamTrack | null = null;
  private asking = false;
  private why: ShareNote | null = null;

  constructor(private readonly changed: () => void) {}

  track(): MediaStreamTrack | null {
    return this.held;
  }

  state(): SharingState {
    if (this.held) return "on";
    return this.asking ? "asking" : "off";
  }

  /** note is why it is not shown; null: there is nothing to say. */
  note(): ShareNote | null {
    return this.why;
  }

  forgetNote(): void {
    this.why = null;
    this.changed();
  }

  /** start must be called from a press. */
  async start(): Promise<void> {
    if (this.state() !== "off") return;
    this.asking = true;
    this.forgetNote();
    try {
      const track = await openScreen();
      if (!this.asking) {
        track.stop(); // the call ended while the question stood
        return;
      }
      this.held = track;
      track.onended = () => { this.stop(); };
    } catch (error) {
      // Whoever closes the browser's question has only changed their mind.
      const refused = error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
      if (!refused) this.why = "failed";
    } finally {
      this.asking = false;
      this.changed();
    }
  }

  stop(why: ShareNote | null = null): void {
    const track = this.held;
    this.held = null;
    this.asking = false;
    const said = this.why;
    this.why = why;
    if (track) {
      track.onended = null;
      track.stop();
    }
    if (track || why !== said) this.changed();
  }
}
