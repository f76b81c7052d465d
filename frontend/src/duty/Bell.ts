import { samples, type Cadence } from "./cadence";

/** A browser that wants a press first never answers; this long is waited for it. */
const startWithin = 300;

/** Bell repeats one cadence through the browser's default loudspeaker until it is told to stop, which is heard at once. */
export class Bell {
  private context: AudioContext | null = null;
  private source: AudioBufferSourceNode | null = null;

  /** ready opens the audio clock and says whether the browser would let it sound. */
  async ready(): Promise<boolean> {
    if (typeof AudioContext === "undefined") return false;
    this.context ??= new AudioContext();
    const { context } = this;
    const resumed = context.resume().catch(() => undefined);
    await Promise.race([resumed, new Promise((resolve) => setTimeout(resolve, startWithin))]);
    return context.state === "running";
  }

  /** start needs ready first. The round is repeated by the audio clock: timers of a page in the background are late. */
  start(cadence: Cadence): void {
    this.silence();
    if (this.context?.state !== "running") return;
    const wave = samples(cadence, this.context.sampleRate);
    const buffer = this.context.createBuffer(1, wave.length, this.context.sampleRate);
    buffer.copyToChannel(wave, 0);
    this.source = this.context.createBufferSource();
    this.source.buffer = buffer;
    this.source.loop = true;
    this.source.connect(this.context.destination);
    this.source.start();
  }

  /** stop lets the clock rest, too: a page that only waits should cost a phone nothing. */
  stop(): void {
    this.silence();
    void this.context?.suspend().catch(() => undefined);
  }

  close(): void {
    this.silence();
    void this.context?.close().catch(() => undefined);
    this.context = null;
  }

  private silence(): void {
    this.source?.stop();
    this.source?.disconnect();
    this.source = null;
  }
}
