import type { Answer, FindRequest } from "./finder";

/** Standing says whether somebody can come at one start. "doubtful" may be booked: a human has seen the doubt and chose. */
export type Standing = { kind: "can" } | { kind: "doubtful" | "cannot"; why: string; until?: string };

export type Standings = ReadonlyMap<string, Standing>;

/** Most wants that one request may hold. */
const perRequest = 20;

/** What the server lets a person book in spite of: not known, not certain, not at work, close to something else. */
const doubts = new Set(["unknown", "tentative", "outside_hours", "holiday", "buffer"]);

/** Whoever was free and not asked: it takes one person to fill the needed seat. */
const spare = new Set(["passed_over", "seated"]);

const anyone = "anyone";
const wantOf = (person: string) => `person ${person}`;

/**
 * standingRequests ask the finder about single people at one start. The finder answers seats, so each person is a wanted
 * seat of their own, beside one needed seat that any of them may fill.
 */
export function standingRequests(request: FindRequest, start: string, people: readonly string[]): FindRequest[] {
  const distinct = [...new Set(people)];
  const to = new Date(Date.parse(start) + request.duration_min * 60_000).toISOString();
  const requests: FindRequest[] = [];
  for (let at = 0; at < distinct.length; at += perRequest) {
    const some = distinct.slice(at, at + perRequest);
    requests.push({
      duration_min: request.duration_min, grid_min: request.grid_min, tz: request.tz, holidays: request.holidays, limit: 1,
      window: { from: start, to },
      policy: { ...request.policy, outside_hours: "last_resort", unknown: "offer_marked", tentative: "busy" },
      need: [{ id: anyone, any_of: some }],
      want: some.map((id) => ({ id: wantOf(id), any_of: [id], weight: 1 })),
    });
  }
  return requests;
}

/** standingsOf reads what standingRequests were answered, in the same order. */
export function standingsOf(requests: readonly FindRequest[], answers: readonly Answer[]): Standings {
  const standings = new Map<string, Standing>();
  requests.forEach((request, i) => {
    const found = answers[i]?.suggestions[0];
    const chosen = found?.cast[anyone]?.[0];
    for (const person of request.need[0]?.any_of ?? []) {
      const missed = found?.want_missed.find((w) => w.id === wantOf(person));
      if (!found) standings.set(person, { kind: "cannot", why: "busy_until" }); // nobody of them can
      else if (person === chosen) standings.set(person, chosenStanding(found.unknown.includes(person), found.because));
      else if (missed && !spare.has(missed.why)) standings.set(person, { kind: doubts.has(missed.why) ? "doubtful" : "cannot", why: missed.why, until: missed.until });
      else standings.set(person, { kind: "can" });
    }
  });
  return standings;
}

/** chosenStanding: whoever fills the needed seat is the best of them, so a doubt in the account is about that person. */
function chosenStanding(unknown: boolean, because: Answer["suggestions"][number]["because"]): Standing {
  if (unknown) return { kind: "doubtful", why: "unknown" };
  if (because.some((reason) => reason.code === "outside_hours")) return { kind: "doubtful", why: "outside_hours" };
  return { kind: "can" };
}

/** sparing forgets that people are held when it is one's own hold that holds them. */
export function sparing(standings: Standings | undefined, own: readonly string[]): Standings | undefined {
  if (!standings || own.length === 0) return standings;
  return new Map([...standings].map(([person, standing]) => [person, own.includes(person) && standing.kind === "cannot" && standing.why === "held" ? { kind: "can" as const } : standing]));
}
