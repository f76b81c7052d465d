import type { SourceState } from "./Capture";
import type { Trouble } from "./devices";
import type { LineTest } from "./lineTest";

/** What is known about the line before the call. null: not measured yet. */
export type LineGuess = { online: boolean; answerMs: number | null; megabits: number | null; saving: boolean };

/** Verdict is the one sentence under your face, worst first. */
export type Verdict =
  | { kind: "offline" | "asking" | "blocked" | "slow" | "silent" | "ready" | "no_picture" | "sound_only" }
  | { kind: "no_sound"; trouble: Trouble };

/** Slower than this, a picture mostly costs sound (opinion). */
const slowAnswerMs = 1_200;
const slowMegabits = 0.4;

export function lineIsSlow(line: LineGuess): boolean {
  return line.saving || (line.answerMs !== null && line.answerMs > slowAnswerMs) || (line.megabits !== null && line.megabits < slowMegabits);
}

export function verdict(microphone: SourceState, camera: SourceState, heard: boolean, soundOnly: boolean, line: LineGuess, test: LineTest): Verdict {
  if (!line.online) return { kind: "offline" };
  if (microphone.kind === "trouble") return { kind: "no_sound", trouble: microphone.trouble };
  if (microphone.kind !== "live" || camera.kind === "asking") return { kind: "asking" };
  if (test.kind === "blocked") return { kind: "blocked" };
  if (!soundOnly && camera.kind === "live" && (test.kind === "weak" || lineIsSlow(line))) return { kind: "slow" };
  if (!heard) return { kind: "silent" };
  if (soundOnly) return { kind: "sound_only" };
  return camera.kind === "live" ? { kind: "ready" } : { kind: "no_picture" };
}

type Connection = { downlink?: number; saveData?: boolean };

/** guessLine asks the server three times for nothing and takes the quickest answer. */
export async function guessLine(signal: AbortSignal): Promise<LineGuess> {
  const connection = (navigator as { connection?: Connection }).connection;
  const guess: LineGuess = { online: navigator.onLine, answerMs: null, megabits: connection?.downlink ?? null, saving: connection?.saveData ?? false };
  try {
    for (let i = 0; i < 3; i += 1) {
      const began = performance.now();
      await fetch("/livez", { cache: "no-store", signal });
      const took = performance.now() - began;
      guess.answerMs = Math.min(guess.answerMs ?? took, took);
    }
    return { ...guess, online: true };
  } catch {
    return { ...guess, online: signal.aborted };
  }
}
