/** Whether sound and picture still come in, by the bytes that have come. Pure; instants are milliseconds. */

/** Pulse: bytes have come until now, the last of them by `since`. */
export type Pulse = { bytes: number; since: number };

export const readEvery = 1_000;

/** The server says something each second, whoever is silent: one reading without anything new is worth a question. */
const silentAfter = 900;

/** nextPulse takes in a reading; null: nothing is known, as before there is a connection. */
export function nextPulse(before: Pulse | null, bytes: number | null, now: number): Pulse | null {
  if (bytes === null) return null;
  return before && before.bytes === bytes ? before : { bytes, since: now };
}

/** isSilent is false as long as nothing is known. */
export function isSilent(pulse: Pulse | null, now: number): boolean {
  return pulse !== null && now - pulse.since >= silentAfter;
}

/** bytesIn is what has come by the connection that the stats (W3C webrtc-stats) tell of; ICE's own packets do not count. */
export function bytesIn(stats: Iterable<unknown>): number | null {
  let transport: number | null = null;
  let pairs: number | null = null;
  for (const entry of stats) {
    if (typeof entry !== "object" || entry === null || !("type" in entry) || !("bytesReceived" in entry) || typeof entry.bytesReceived !== "number") continue;
    if (entry.type === "transport") transport = (transport ?? 0) + entry.bytesReceived;
    else if (entry.type === "candidate-pair") pairs = (pairs ?? 0) + entry.bytesReceived;
  }
  return transport ?? pairs; // Firefox tells of pairs only
}
