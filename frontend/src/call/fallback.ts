/** Which way through the network the next connection takes, and what this browser remembers of it. Pure; instants are milliseconds. */

/** relay: only by way of the relay, which gets through where nothing but web pages does. */
export type Way = "any" | "relay";

/** Trial is the way that is tried now and how much speaks against it. */
export type Trial = { way: Way; against: number };

/** So long a browser that needed the relay begins with it. A machine is carried home in the evening. */
export const rememberedFor = 24 * 3_600_000;

/** A connection that stood for so long says nothing against the way when it breaks. */
const soundAfter = 90_000;

/** Never having stood weighs as much as two breaks. */
const enough = 2;

/** firstTrial: relayedAt is when the relay was found to be needed, null never. */
export function firstTrial(relayedAt: number | null, now: number): Trial {
  return { way: isRemembered(relayedAt, now) ? "relay" : "any", against: 0 };
}

/**
 * afterFailure: stoodFor is how long the connection stood, null never. When enough speaks against a way the other is next, so that
 * neither a closed firewall nor a wrong memory locks anybody out.
 */
export function afterFailure(trial: Trial, stoodFor: number | null): Trial {
  const weight = stoodFor === null ? enough : 1;
  const against = stoodFor !== null && stoodFor >= soundAfter ? weight : trial.against + weight;
  return against >= enough ? { way: trial.way === "any" ? "relay" : "any", against: 0 } : { ...trial, against };
}

/** memoryAfter says what to remember of a connection that stands: relayed, by its path and not by what was tried. */
export function memoryAfter(way: Way, relayed: boolean, relayedAt: number | null, now: number): number | null {
  if (way === "any") return relayed ? relayedAt : null;
  // Not prolonged: once a day the direct way gets its chance.
  return isRemembered(relayedAt, now) ? relayedAt : now;
}

function isRemembered(relayedAt: number | null, now: number): boolean {
  // A clock that was put back must not prolong it either.
  return relayedAt !== null && relayedAt <= now && now - relayedAt < rememberedFor;
}
