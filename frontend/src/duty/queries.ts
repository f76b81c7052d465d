import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { answer, api, newKey, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";

export type Consult = Schemas["ConsultView"];
export type Consults = Schemas["ConsultsBody"];
export type DutyRole = Schemas["DutyRole"];
export type NewConsult = Schemas["NewConsult"];
export type Door = Schemas["DoorView"];
export type Person = Schemas["Person"];

/** A live message says that something rings. Should one be lost, the ring is still seen while it rings. */
const listenEvery = 10_000;

/** While it rings here, it must stop within a second also when the live connection is down. */
const ringingEvery = 1_000;

/** consultsQuery: what rings, what was promised and what was missed, also while the page is not looked at. */
export const consultsQuery = queryOptions({
  queryKey: keys.consults,
  queryFn: () => answer(api.GET("/v1/consults")),
  refetchInterval: ({ state }) => {
    if (asProblem(state.error).status === 403) return false; // whoever is never rung
    return state.data?.ringing?.some((c) => !c.your_ring?.soft) ? ringingEvery : listenEvery;
  },
  refetchIntervalInBackground: true,
});

/** consultQuery follows one consult, closely while somebody is rung. */
export function consultQuery(id: string) {
  return queryOptions({
    queryKey: keys.consult(id),
    queryFn: () => answer(api.GET("/v1/consults/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => {
      switch (query.state.data?.state) {
        case "ringing": return 2_000;
        case "promised":
        case "connected": return 5_000;
        case "missed":
        case "cancelled":
        case "ended":
        case undefined: return 60_000;
      }
    },
    refetchIntervalInBackground: true,
  });
}

/** dutyQuery: the roles that can be rung, those that fit the caller first. It is searched here: the server does not know the words of roles. */
export const dutyQuery = queryOptions({
  queryKey: keys.duty(""),
  queryFn: async () => (await answer(api.GET("/v1/duty"))).roles ?? [],
  refetchInterval: 30_000, // shifts begin and end with the clock alone
});

export const doorsQuery = queryOptions({
  queryKey: keys.doors,
  queryFn: async () => (await answer(api.GET("/v1/doors"))).doors ?? [],
  refetchInterval: 60_000,
});

export const reachQuery = queryOptions({ queryKey: keys.reach, queryFn: () => answer(api.GET("/v1/reach")) });

/** personQuery finds the person at whose door somebody wants to knock. */
export function personQuery(id: string) {
  return queryOptions({
    queryKey: keys.directory("", ""),
    queryFn: async () => (await answer(api.GET("/v1/directory", { params: { query: { q: "", unit: "" } } }))).people ?? [],
    select: (people: Person[]) => people.find((p) => p.id === id),
  });
}

/** keep puts a consult that came back from a change where the pages look for it. */
function keep(queries: QueryClient, consult: Consult): void {
  queries.setQueryData(keys.consult(consult.id), consult);
  void queries.invalidateQueries({ queryKey: keys.consults });
}

/** useStep is a change of one consult. When the server says no, somebody else was faster: what holds now is fetched. */
function useStep<V extends { id: string }>(step: (v: V) => Promise<Consult>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: step,
    onSuccess: (consult) => { keep(queries, consult); },
    onError: async (error) => {
      if (asProblem(error).kind === "offline") return;
      await queries.invalidateQueries({ queryKey: keys.consults });
    },
  });
}

/** useRing asks for a couple of words. The key belongs to the wish: whoever presses again after a silence has rung once. */
export function useRing() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewConsult; key: string }) =>
      answer(api.POST("/v1/consults", { params: { header: { "Idempotency-Key": key } }, body })),
    onSuccess: (consult) => { keep(queries, consult); },
  });
}

export type Answer = "accept" | "later" | "not_me" | "decline";

export function useAnswer() {
  return useStep(({ id, say }: { id: string; say: Answer }) => answer(api.PUT("/v1/consults/{id}/answer", { params: { path: { id } }, body: { answer: say } })));
}

/** useSeen is not worth a word when it fails: it is said again with the next fetch. */
export function useSeen() {
  return useStep(({ id }: { id: string }) => answer(api.PUT("/v1/consults/{id}/seen", { params: { path: { id } } })));
}

export function useHangUp() {
  return useStep(({ id }: { id: string }) => answer(api.DELETE("/v1/consults/{id}", { params: { path: { id } } })));
}

export function useOverride() {
  return useStep(({ id, reason }: { id: string; reason: string }) => answer(api.PUT("/v1/consults/{id}/override", { params: { path: { id } }, body: { reason } })));
}

export function useNote() {
  return useStep(({ id, state }: { id: string; state: "read" | "taken" }) => answer(api.PUT("/v1/consults/{id}/note", { params: { path: { id } }, body: { state } })));
}

/** useCallBack rings the caller of a missed call, or their role if they have left. */
export function useCallBack() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, key }: { id: string; key: string }) =>
      answer(api.POST("/v1/consults/{id}/callback", { params: { path: { id }, header: { "Idempotency-Key": key } } })),
    onSuccess: (consult) => { keep(queries, consult); },
  });
}

/** useBookTalk books ten minutes today instead. */
export function useBookTalk(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ slot, key }: { slot: Schemas["TalkSlot"]; key: string }) =>
      answer(api.POST("/v1/consults/{id}/booking", { params: { path: { id }, header: { "Idempotency-Key": key } }, body: { start: slot.start, person: slot.person.id } })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.consult(id) }), // a slot that was taken meanwhile goes away
  });
}

/** useEnterDoor opens the standing room of one's own team. */
export function useEnterDoor() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (unit: string) => answer(api.POST("/v1/doors/{unit}", { params: { path: { unit } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.doors }),
  });
}

/** KeyFor draws an Idempotency-Key for a wish and keeps it until the wish is another. */
export class KeyFor {
  private key = newKey();
  private wish = "";

  of(wish: unknown): string {
    const said = JSON.stringify(wish);
    if (this.wish !== "" && said !== this.wish) this.key = newKey();
    this.wish = said;
    return this.key;
  }

  /** next is for after a success: the same wish again is another one then. */
  next(): void {
    this.key = newKey();
  }
}
