import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";

/** Where the demo's invented region lies. */
export const demoZone = "Europe/Oslo";

/** personasQuery fails on a server that is no demo: there the path is a page like any other. */
export const personasQuery = queryOptions({
  queryKey: keys.personas,
  queryFn: async () => {
    const view = await answer(api.GET("/demo/api/personas"));
    return { personas: view.personas ?? [], offset: Date.parse(view.now) - Date.now() };
  },
  staleTime: 60_000,
});

/** mailQuery asks again and again: the page also stands open where no live socket tells of a booking. */
export const mailQuery = queryOptions({
  queryKey: keys.mail,
  queryFn: async () => (await answer(api.GET("/demo/api/mail"))).messages ?? [],
  refetchInterval: 5_000,
});
