/** Short tones: somebody came, somebody left, and the test of the loudspeaker. */

type Note = { hertz: number; at: number; seconds: number };

const came: readonly Note[] = [{ hertz: 523, at: 0, seconds: 0.14 }, { hertz: 784, at: 0.13, seconds: 0.22 }];
const left: readonly Note[] = [{ hertz: 523, at: 0, seconds: 0.14 }, { hertz: 392, at: 0.13, seconds: 0.22 }];
const trial: readonly Note[] = [{ hertz: 440, at: 0, seconds: 0.4 }, { hertz: 554, at: 0.4, seconds: 0.4 }, { hertz: 659, at: 0.8, seconds: 0.7 }];

/** Soft beside a voice, and slopes instead of clicks. */
const loudness = 0.12;
const slope = 0.02;

const startWithin = 300;

/** Tones plays through one audio clock, opened with the first tone. */
export class Tones {
  private context: AudioContext | null = null;
  private destination: MediaStreamAudioDestinationNode | null = null;
  // An element can be sent to a chosen loudspeaker in more browsers than an audio clock can.
  private readonly element = typeof Audio === "undefined" ? null : new Audio();
  private speaker = "";

  /** through chooses the loudspeaker; "" is the browser's default. */
  through(speaker: string): void {
    this.speaker = speaker;
    if (this.element && "setSinkId" in this.element) void this.element.setSinkId(speaker).catch(() => undefined);
  }

  /** close is not the end for good: the next tone opens the clock again. */
  close(): void {
    this.element?.pause();
    void this.context?.close();
    this.context = null;
    this.destination = null;
  }

  came(): void { void this.play(came, loudness); }
  left(): void { void this.play(left, loudness / 2); }

  /** trial resolves when the test tone has ended. */
  async trial(): Promise<void> {
    await this.play(trial, loudness * 1.5);
  }

  private async open(): Promise<{ context: AudioContext; to: AudioNode } | null> {
    if (!this.element || typeof AudioContext === "undefined") return null;
    if (!this.context || !this.destination) {
      this.context = new AudioContext();
      this.destination = this.context.createMediaStreamDestination();
      this.element.srcObject = this.destination.stream;
      this.through(this.speaker);
    }
    const { context, destination } = this;
    // Without a press on the page neither ever starts, and a tone must not come minutes late.
    const started = Promise.all([context.resume(), this.element.play()]).catch(() => undefined);
    await Promise.race([started, new Promise((resolve) => setTimeout(resolve, startWithin))]);
    return context.state === "running" ? { context, to: destination } : null;
  }

  private async play(notes: readonly Note[], volume: number): Promise<void> {
    const clock = await this.open();
    if (!clock) return;
    const { context, to } = clock;
    const start = context.currentTime + 0.02;
    let last: OscillatorNode | null = null;
    for (const note of notes) {
      const oscillator = context.createOscillator();
      const gain = context.createGain();
      const from = start + note.at;
      const until = from + note.seconds;
      oscillator.frequency.value = note.hertz;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(volume, from + slope);
      gain.gain.setValueAtTime(volume, until - slope);
      gain.gain.linearRampToValueAtTime(0, until);
      oscillator.connect(gain).connect(to);
      oscillator.start(from);
      oscillator.stop(until);
      last = oscillator;
    }
    const ending = last;
    if (ending) await new Promise<void>((resolve) => { ending.onended = () => { resolve(); }; });
  }
}
