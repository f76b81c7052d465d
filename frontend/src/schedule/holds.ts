import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { answer, api, newKey, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { asProblem, type Problem } from "../api/problem";
import type { CaseDetail } from "./seats";

export type Hold = Schemas["HoldView"];
export type NewHold = Schemas["NewHold"];
export type WaitingView = Schemas["WaitingView"];

const holdsKey = (id: string) => ["holds", id] as const;
const waitingKey = (id: string) => ["waiting", id] as const;

/** holdsQuery reads what is held for a case, by anybody. */
export function holdsQuery(id: string) {
  return queryOptions({
    queryKey: holdsKey(id),
    queryFn: async () => (await answer(api.GET("/v1/holds", { params: { query: { case: id } } }))).holds ?? [],
    refetchInterval: 60_000, // holds run out by the clock alone
  });
}

export function waitingQuery(id: string) {
  return queryOptions({
    queryKey: waitingKey(id),
    queryFn: async () => (await answer(api.GET("/v1/waiting", { params: { query: { case: id } } }))).waiting ?? [],
    refetchInterval: 60_000,
  });
}

export function useWait(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ find, key }: { find: Schemas["Request"]; key: string }) =>
      answer(api.POST("/v1/waiting", { params: { header: { "Idempotency-Key": key } }, body: { case: id, find } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: waitingKey(id) }),
  });
}

export function useStopWaiting(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (waiting: string) => { await api.DELETE("/v1/waiting/{id}", { params: { path: { id: waiting } } }); },
    onSuccess: () => queries.invalidateQueries({ queryKey: waitingKey(id) }),
  });
}

/** letGo gives a held start back. It outlives the page, and when it fails the hold runs out by itself. */
async function letGo(id: string): Promise<void> {
  try {
    await api.DELETE("/v1/holds/{id}", { params: { path: { id } }, keepalive: true });
  } catch {
    // Nothing is lost but minutes.
  }
}

export function useLetGo(id: string) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: letGo, onSuccess: () => queries.invalidateQueries({ queryKey: holdsKey(id) }) });
}

/** Held is the start that a person is looking at. none: it could not be held, and is still free as far as anybody knows. */
export type Held = { kind: "asking" } | { kind: "held"; hold: Hold } | { kind: "refused"; problem: Problem } | { kind: "none" };

const refusals = new Set(["slot-taken", "changed"]);

/** HoldWish is the start that somebody looks at. found: their own hold of it, which stays when they look away; stale: other holds of theirs for the case. */
export type HoldWish = { wanted: NewHold | null; found: Hold | null; stale: readonly Hold[] };

/**
 * useHold holds a start for as long as somebody looks at it, and lets it go when they look away. keep is called before the
 * booking that confirms it, which then owns it; a booking that fails gives it back with keep(false).
 */
export function useHold({ wanted, found, stale }: HoldWish) {
  const queries = useQueryClient();
  const [held, setHeld] = useState<{ of: string; is: Held }>({ of: "", is: { kind: "asking" } });
  const kept = useRef(false);
  const leaving = useRef<Promise<unknown>>(Promise.resolve());
  const of = JSON.stringify(found ? found.id : wanted);
  useEffect(() => {
    if (!wanted || found) return undefined;
    let gone = false;
    let own: string | null = null;
    const release = () => { if (own && !kept.current) leaving.current = letGo(own); };
    const ask = async () => {
      await Promise.all([leaving.current, ...stale.map((h) => letGo(h.id))]); // one's own holds must not stand in the way
      if (gone) return;
      try {
        const hold = await answer(api.POST("/v1/holds", { params: { header: { "Idempotency-Key": newKey() } }, body: wanted }));
        own = hold.id;
        if (gone) release();
        else setHeld({ of, is: { kind: "held", hold } });
      } catch (error) {
        const problem = asProblem(error);
        if (refusals.has(problem.kind)) void queries.invalidateQueries({ queryKey: keys.find(wanted.case) });
        if (!gone) setHeld({ of, is: refusals.has(problem.kind) ? { kind: "refused", problem } : { kind: "none" } });
      }
    };
    const turn = setTimeout(() => void ask(), 0); // whoever looks away at once asks for nothing
    addEventListener("pagehide", release);
    return () => {
      gone = true;
      clearTimeout(turn);
      removeEventListener("pagehide", release);
      release();
    };
    // The same wish in a new object is the same wish.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [of]);
  const now: Held = held.of === of ? held.is : found ? { kind: "held", hold: found } : { kind: "asking" };
  const extension = useMutation({
    mutationFn: (id: string) => answer(api.PUT("/v1/holds/{id}", { params: { path: { id } } })),
    onSuccess: (hold) => {
      setHeld({ of, is: { kind: "held", hold } });
      void queries.invalidateQueries({ queryKey: holdsKey(hold.case) });
    },
  });
  return { held: now, keep: (on: boolean) => { kept.current = on; }, extension };
}

/** useWaiting is what a case waits for, and what is held for it. Neither is worth an error: the search works without. */
export function useWaiting(detail: CaseDetail): { waiting: readonly WaitingView[]; holds: readonly Hold[] } {
  const waiting = useQuery(waitingQuery(detail.id));
  const holds = useQuery(holdsQuery(detail.id));
  return { waiting: waiting.data ?? [], holds: holds.data ?? [] };
}
