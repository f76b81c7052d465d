/** When to try the line again. Pure: attempt and randomness are arguments. */

const waits = [0, 500, 1_000, 2_000, 4_000, 8_000] as const;
const longest = 8_000;

/** Jitter on top of the wait, as a share of it, so that a room that lost its server does not come back in one moment. */
const jitterShare = 0.3;

/** retryDelay before the nth attempt in milliseconds (0: the first, at once); random in [0, 1). */
export function retryDelay(attempt: number, random: number): number {
  const wait = waits[attempt] ?? longest;
  return Math.round(wait * (1 + jitterShare * random));
}
