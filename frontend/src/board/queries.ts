import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, seen, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";

export function boardQuery(unit: string) {
  return queryOptions({
    queryKey: keys.board(unit),
    queryFn: () => answer(api.GET("/v1/board", { params: { query: unit ? { unit } : {} } })),
    refetchInterval: 60_000, // flags change with the clock alone
  });
}

export function caseQuery(id: string) {
  return queryOptions({
    queryKey: keys.case(id),
    queryFn: () => seen(api.GET("/v1/cases/{id}", { params: { path: { id } } })),
    refetchInterval: 60_000,
  });
}

export const unitsQuery = queryOptions({
  queryKey: keys.units,
  queryFn: async () => (await answer(api.GET("/v1/units"))).units ?? [],
  staleTime: 300_000,
});

export type CaseDetail = Schemas["CaseDetail"];
export type CasePatch = Schemas["CasePatch"];

/** useKeep puts a case that came back from a change where the pages look for it, and calls for the boards again. */
function useKeep() {
  const queries = useQueryClient();
  return async (kept: { value: CaseDetail; etag: string }) => {
    queries.setQueryData(keys.case(kept.value.id), kept);
    await queries.invalidateQueries({ queryKey: keys.boards });
  };
}

/** useAcknowledge and useTell are never shown as done before the server says so: "told" must be true. */
export function useAcknowledge() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (id: string) => seen(api.POST("/v1/cases/{id}/acknowledgement", { params: { path: { id } } })),
    onSuccess: keep,
  });
}

export function useTell() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (id: string) => seen(api.POST("/v1/cases/{id}/notice", { params: { path: { id } } })),
    onSuccess: keep,
  });
}

export function usePatch(id: string) {
  const keep = useKeep();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ patch, revision }: { patch: CasePatch; revision: number }) =>
      seen(api.PATCH("/v1/cases/{id}", { params: { path: { id }, header: { "If-Match": `"${revision}"` } }, body: patch })),
    onSuccess: keep,
    onError: (error) => { if (asProblem(error).kind === "changed") void queries.invalidateQueries({ queryKey: keys.case(id) }); },
  });
}
