/** How a ring sounds: two soft tones and a pause, repeated. Pure, so that it can be heard with the eyes. */

export type Cadence = {
  tones: readonly { hertz: number; at: number; seconds: number }[];
  /** One round with its pause. */
  seconds: number;
  /** 0 to 1. */
  loudness: number;
  /** Milliseconds on and off, for a phone's motor: one round. */
  buzz: readonly number[];
};

/** Two tones a fourth apart: heard in a corridor, and no alarm of any ward. */
const calm: Cadence = {
  tones: [{ hertz: 659, at: 0, seconds: 0.45 }, { hertz: 880, at: 0.4, seconds: 0.65 }],
  seconds: 2.6,
  loudness: 0.5,
  buzz: [400, 200, 400],
};

/** "now": the same tones twice as often and louder. */
const urgent: Cadence = {
  tones: [
    { hertz: 659, at: 0, seconds: 0.28 }, { hertz: 880, at: 0.25, seconds: 0.35 },
    { hertz: 659, at: 0.65, seconds: 0.28 }, { hertz: 880, at: 0.9, seconds: 0.35 },
  ],
  seconds: 1.8,
  loudness: 0.8,
  buzz: [300, 100, 300, 100, 300],
};

export function cadenceOf(isUrgent: boolean): Cadence {
  return isUrgent ? urgent : calm;
}

/** Slopes instead of clicks. */
const attack = 0.02;

/** An octave above at a fifth of the strength: small loudspeakers carry it where they lose the tone itself. */
const overtone = 0.2;

/** samples is one round as a loudspeaker plays it. */
export function samples(cadence: Cadence, rate: number): Float32Array<ArrayBuffer> {
  const wave = new Float32Array(Math.round(cadence.seconds * rate));
  for (const tone of cadence.tones) {
    const from = Math.round(tone.at * rate);
    const length = Math.round(tone.seconds * rate);
    for (let i = 0; i < length && from + i < wave.length; i++) {
      const time = i / rate;
      const phase = 2 * Math.PI * tone.hertz * time;
      const shape = Math.min(1, time / attack) * Math.exp((-3 * time) / tone.seconds) * Math.min(1, (tone.seconds - time) / attack);
      const value = (Math.sin(phase) + overtone * Math.sin(2 * phase)) / (1 + overtone);
      wave[from + i] = Math.max(-1, Math.min(1, (wave[from + i] ?? 0) + value * shape * cadence.loudness));
    }
  }
  return wave;
}

/** How long the title says the one thing before it says the other. */
export const flashEvery = 1_000;

/** titleAt alternates, beginning with the ring. There are no names in it: titles stand on shared screens. */
export function titleAt(elapsed: number, page: string, ring: string): string {
  return Math.floor(elapsed / flashEvery) % 2 === 0 ? ring : page;
}
