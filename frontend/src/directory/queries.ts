import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";

/** How often who is on duty is asked again: shifts begin and end with the clock alone. */
const everyMinute = 60_000;

/** peopleQuery is one search of the server. Below a unit, or everywhere. */
export function peopleQuery(q: string, unit: string) {
  return queryOptions({
    queryKey: keys.directory(q, unit),
    queryFn: async () => (await answer(api.GET("/v1/directory", { params: { query: { q, unit } } }))).people ?? [],
    staleTime: everyMinute,
    refetchInterval: everyMinute,
  });
}

export const unitsQuery = queryOptions({
  queryKey: keys.units,
  queryFn: async () => (await answer(api.GET("/v1/units"))).units ?? [],
  staleTime: 300_000,
});

/** dutyQuery lists the roles that can be rung. */
export const dutyQuery = queryOptions({
  queryKey: keys.duty(""),
  queryFn: async () => (await answer(api.GET("/v1/duty"))).roles ?? [],
  staleTime: everyMinute,
});
