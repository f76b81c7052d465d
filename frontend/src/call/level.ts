/** levelOf maps samples in [-1, 1] to 0..1 on the scale the ear uses: -60 dBFS is silence, -10 dBFS is full. */
export function levelOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i += 1) sum += (samples[i] ?? 0) ** 2;
  if (sum === 0 || samples.length === 0) return 0;
  const decibels = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}

/** Above this somebody speaks; breath and a fan stay below. */
export const heardAt = 0.35;

const readEvery = 100;

/**
 * LevelMeter turns a microphone into one number ten times a second. follow(null) silences it, close ends it. Without a
 * press on the page the browser may keep the audio clock asleep: then the level stays 0 until `wake`. interrupted is
 * called when the machine takes the clock away and gives it back, as iOS does for a phone call.
 */
export class LevelMeter {
  private context: AudioContext | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private track: MediaStreamTrack | null = null;
  private readonly watchers = new Set<() => void>();
  private level = 0;
  private wasHeard = false;
  private interruptedNow = false;

  constructor(private readonly interrupted: (interrupted: boolean) => void = () => undefined) {}

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => { this.watchers.delete(watcher); };
  };
  readonly current = (): number => this.level;
  /** heard is true once somebody has spoken into this microphone. */
  readonly heard = (): boolean => this.wasHeard;

  follow(track: MediaStreamTrack | null): void {
    if (track === this.track) return;
    this.quiet();
    this.wasHeard = false;
    this.track = track;
    if (!track || typeof AudioContext === "undefined") return;
    this.context ??= this.clock();
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 1024;
    this.source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.set(levelOf(samples));
    }, readEvery);
    this.wake();
  }

  wake(): void {
    if (this.context && this.context.state !== "running") void this.context.resume().catch(() => undefined);
  }

  close(): void {
    this.quiet();
    this.track = null;
    void this.context?.close();
    this.context = null;
    this.setInterrupted(false);
  }

  private clock(): AudioContext {
    const context = new AudioContext();
    // "suspended" is only the browser waiting for a first press.
    context.onstatechange = () => { this.setInterrupted(context.state === "interrupted"); };
    return context;
  }

  private setInterrupted(interrupted: boolean): void {
    if (interrupted === this.interruptedNow) return;
    this.interruptedNow = interrupted;
    this.interrupted(interrupted);
  }

  private quiet(): void {
    clearInterval(this.timer);
    this.source?.disconnect();
    this.source = null;
    this.set(0);
  }

  private set(level: number): void {
    // A fast rise and a slow fall read as a needle, not as flicker.
    const next = level > this.level ? level : Math.max(level, this.level - 0.12);
    if (next >= heardAt) this.wasHeard = true;
    if (Math.abs(next - this.level) < 0.01 && next !== 0) return;
    if (next === this.level) return;
    this.level = next;
    for (const watcher of this.watchers) watcher();
  }
}
