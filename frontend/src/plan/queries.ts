import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { idOf, remember, type NewDevice, type Push } from "./device";
import type { DutyRole, Word } from "./wording";

type Reach = Schemas["ReachView"];

/** Shifts begin and end with the clock alone. */
const everyMinute = 60_000;

export const rostersQuery = queryOptions({
  queryKey: keys.rosters,
  queryFn: async () => (await answer(api.GET("/v1/rosters"))).rosters ?? [],
  refetchInterval: everyMinute,
});

export const dutyQuery = queryOptions({
  queryKey: keys.duty(""),
  queryFn: async () => (await answer(api.GET("/v1/duty"))).roles ?? [],
  refetchInterval: everyMinute,
});

export const reachQuery = queryOptions({ queryKey: keys.reach, queryFn: () => answer(api.GET("/v1/reach")), refetchInterval: everyMinute });

/** pushQuery: a permission can be given and taken in the browser's own settings. */
export function pushQuery(push: Push) {
  return queryOptions({ queryKey: [...keys.reach, "this"], queryFn: push.state, staleTime: 0 });
}

/** useDeclare says "I am in" or "I am out", or takes that back. */
export function useDeclare() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ covers, state }: { covers: string; state: Word }) => answer(api.PUT("/v1/duty/{covers}/me", { params: { path: { covers } }, body: { state } })),
    onSuccess: (role) => {
      queries.setQueryData<DutyRole[]>(keys.duty(""), (roles) => roles?.map((r) => (r.covers === role.covers ? role : r)));
      void queries.invalidateQueries({ queryKey: keys.duties });
      void queries.invalidateQueries({ queryKey: keys.directories });
    },
  });
}

/** keep puts what came back where the page looks for it; others see the reader's reach elsewhere. */
function keep(queries: QueryClient, reach: Reach): void {
  queries.setQueryData(keys.reach, reach);
  void queries.invalidateQueries({ queryKey: [...keys.reach, "this"] });
  void queries.invalidateQueries({ queryKey: keys.duties });
  void queries.invalidateQueries({ queryKey: keys.directories });
}

/** useQuiet: null takes it back. */
export function useQuiet() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (until: Date | null) => answer(api.PUT("/v1/reach", { body: until ? { quiet_until: until.toISOString() } : {} })),
    onSuccess: (reach) => { keep(queries, reach); },
  });
}

/** addDevice tells the server of this browser and remembers under which id. */
export async function addDevice(device: NewDevice): Promise<Reach> {
  const reach = await answer(api.POST("/v1/reach/devices", { body: device }));
  remember(await idOf(device.endpoint));
  return reach;
}

/**
 * useTurnOn takes the promise that the press began: asked for later, Safari has forgotten the press. What the server did not take
 * is turned off again, so that the browser does not seem to ring.
 */
export function useTurnOn(push: Push) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (turning: Promise<NewDevice>) => {
      const device = await turning;
      try {
        return await addDevice(device);
      } catch (error) {
        await push.turnOff().catch(() => null);
        throw error;
      }
    },
    onSuccess: (reach) => { keep(queries, reach); },
    onError: () => queries.invalidateQueries({ queryKey: keys.reach }),
  });
}

/** useForget removes a device. This browser itself is also told, whether or not the server still knew it. */
export function useForget(push: Push) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, here }: { id: string; here: boolean }) => {
      await api.DELETE("/v1/reach/devices/{id}", { params: { path: { id } } });
      if (!here) return;
      await push.turnOff();
      remember(null);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.reach }),
  });
}
