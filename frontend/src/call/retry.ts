/** When to try the line again. Pure: attempt and randomness are arguments. */

/** quick: so many attempts come each second or sooner, which is as long as a lift or a short tunnel. */
const quick = 10;
const waits = [0, 500] as const;
const usual = 1_000;
const later = [2_000, 4_000] as const;
const longest = 8_000;

/** Jitter on top of the wait, as a share of it, so that a room that lost its server does not come back in one moment. */
const jitterShare = 0.3;

/** retryDelay is from the start of the attempt before to the nth in milliseconds (0: the first, at once); random in [0, 1). */
export function retryDelay(attempt: number, random: number): number {
  const wait = attempt < quick ? (waits[attempt] ?? usual) : (later[attempt - quick] ?? longest);
  return Math.round(wait * (1 + jitterShare * random));
}

/**
 * openWithin is how long the nth attempt may take. A browser begins only one at a time, so one whose packets are lost holds up all that
 * follow; but a slow line needs its six seconds, and too many that failed make a browser wait longer by itself.
 */
export function openWithin(attempt: number): number {
  if (attempt >= quick) return 10_000;
  return attempt % 4 === 3 ? 6_000 : 3_000;
}
