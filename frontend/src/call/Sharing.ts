import { openScreen } from "./devices";

/** SharingState is your own screen as the page shows it. */
export type SharingState = "off" | "asking" | "on";

/** Sharing holds the screen that you show the others. The browser has a stop button of its own, which ends it here too. */
export class Sharing {
  private held: MediaStreamTrack | null = null;
  private asking = false;

  constructor(private readonly changed: () => void) {}

  track(): MediaStreamTrack | null {
    return this.held;
  }

  state(): SharingState {
    if (this.held) return "on";
    return this.asking ? "asking" : "off";
  }

  /** start must be called from a press. False: it could not be had; whoever closes the browser's question has only changed their mind. */
  async start(): Promise<boolean> {
    if (this.state() !== "off") return true;
    this.asking = true;
    this.changed();
    try {
      const track = await openScreen();
      if (!this.asking) {
        track.stop(); // the call ended while the question stood
        return true;
      }
      this.held = track;
      track.onended = () => { this.stop(); };
      return true;
    } catch (error) {
      return error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
    } finally {
      this.asking = false;
      this.changed();
    }
  }

  stop(): void {
    const track = this.held;
    this.held = null;
    this.asking = false;
    if (!track) return;
    track.onended = null;
    track.stop();
    this.changed();
  }
}
