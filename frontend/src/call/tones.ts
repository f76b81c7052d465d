/** Short tones: somebody came, somebody left, and the test of the loudspeaker. */

type Note = { hertz: number; at: number; seconds: number };

const came: readonly Note[] = [{ hertz: 523, at: 0, seconds: 0.14 }, { hertz: 784, at: 0.13, seconds: 0.22 }];
const left: readonly Note[] = [{ hertz: 523, at: 0, seconds: 0.14 }, { hertz: 392, at: 0.13, seconds: 0.22 }];
const trial: readonly Note[] = [{ hertz: 440, at: 0, seconds: 0.4 }, { hertz: 554, at: 0.4, seconds: 0.4 }, { hertz: 659, at: 0.8, seconds: 0.7 }];

/** Soft beside a voice, and slopes instead of clicks. */
const loudness = 0.12;
const slope = 0.02;

type Sinkable = { setSinkId?(id: string): Promise<void> };

/** Tones plays through one audio clock, opened with the first tone. close ends it. */
export class Tones {
  private context: AudioContext | null = null;
  private speaker = "";

  /** through chooses the loudspeaker; "" is the browser's default. */
  through(speaker: string): void {
    this.speaker = speaker;
    if (this.context) this.route(this.context);
  }

  /** close is not the end for good: the next tone opens the clock again. */
  close(): void {
    void this.context?.close();
    this.context = null;
  }

  came(): void { void this.play(came, loudness); }
  left(): void { void this.play(left, loudness / 2); }

  /** trial resolves when the test tone has ended. */
  async trial(): Promise<void> {
    await this.play(trial, loudness * 1.5);
  }

  private route(context: AudioContext): void {
    void (context as unknown as Sinkable).setSinkId?.(this.speaker).catch(() => undefined);
  }

  private async play(notes: readonly Note[], volume: number): Promise<void> {
    if (typeof AudioContext === "undefined") return;
    if (!this.context) {
      this.context = new AudioContext();
      this.route(this.context);
    }
    const context = this.context;
    await context.resume().catch(() => undefined);
    const start = context.currentTime + 0.02;
    let last: OscillatorNode | null = null;
    for (const note of notes) {
      const oscillator = context.createOscillator();
      const gain = context.createGain();
      const from = start + note.at;
      const to = from + note.seconds;
      oscillator.frequency.value = note.hertz;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(volume, from + slope);
      gain.gain.setValueAtTime(volume, to - slope);
      gain.gain.linearRampToValueAtTime(0, to);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(from);
      oscillator.stop(to);
      last = oscillator;
    }
    const ending = last;
    if (ending && context.state === "running") await new Promise<void>((resolve) => { ending.onended = () => { resolve(); }; });
  }
}
