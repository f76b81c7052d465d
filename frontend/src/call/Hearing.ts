import { Ears } from "./Ears";
import { Rescue } from "./Rescue";
import type { SoundState } from "./state";
import { Tones } from "./tones";

/** Hearing is the sound of the call on this machine: what plays, where it comes out, and whether the machine has taken it away. */
export class Hearing {
  readonly tones = new Tones();
  private readonly ears = new Ears(
    (blocked) => { this.rescue.block(blocked); },
    (stopped) => { this.rescue.sign(stopped ? "playback_stopped" : "playback_back"); },
  );
  private readonly rescue: Rescue;
  private speaker = "";
  private silenced = false;

  /** sound is called when it changes, looked when somebody looks at the page again. */
  constructor(sound: (sound: SoundState) => void, looked: () => void) {
    this.rescue = new Rescue(sound, looked);
  }

  open(): void {
    this.rescue.open();
  }

  close(): void {
    this.ears.close();
    this.tones.close();
    this.rescue.close();
  }

  hear(name: string, track: MediaStreamTrack): void {
    this.ears.hear(name, track);
  }

  forget(names: readonly string[]): void {
    for (const name of names) this.ears.forget(name);
  }

  /** through chooses the loudspeaker; "" is the browser's default. */
  through(speaker: string): void {
    if (speaker === this.speaker) return;
    this.speaker = speaker;
    this.tones.through(speaker);
    this.ears.through(speaker);
  }

  /** silence: the machine has silenced the microphone, or gives it back. */
  silence(silenced: boolean): void {
    if (silenced !== this.silenced) this.rescue.sign(silenced ? "microphone_stopped" : "microphone_back");
    this.silenced = silenced;
  }

  /** interrupt: the machine has taken the audio clock away, or gives it back. */
  interrupt(interrupted: boolean): void {
    this.rescue.sign(interrupted ? "clock_stopped" : "clock_back");
  }

  /** play must be called from a press. */
  play(): void {
    this.ears.unlock();
  }

  /** restore runs what opens the microphone anew. It must be called from a press. */
  async restore(open: () => Promise<void>): Promise<void> {
    this.ears.unlock();
    this.rescue.sign("restored");
    await open();
    this.ears.unlock(); // a phone that gives the microphone back may stop what plays once more
  }
}
