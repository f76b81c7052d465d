import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, seen, type Schemas, type Seen } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import type { Feed, OwnKind } from "./feeds";

export type Detail = Schemas["FeedDetail"];
export type WorkingHours = Schemas["WorkingHours"];
export type NewHours = Schemas["NewWorkingHours"];

/** Everything about feeds lies below keys.feeds, so that one change calls for all of it again. */
const listKey = [...keys.feeds, "list"] as const;
const hoursKey = [...keys.feeds, "hours"] as const;
const detailKey = (id: string) => [...keys.feeds, "one", id] as const;

export const feedsQuery = queryOptions({
  queryKey: listKey,
  queryFn: async (): Promise<Feed[]> => (await answer(api.GET("/v1/feeds"))).feeds ?? [],
  refetchInterval: 60_000, // ages and failures change with the clock alone
});

export function feedQuery(id: string) {
  return queryOptions({
    queryKey: detailKey(id),
    queryFn: () => answer(api.GET("/v1/feeds/{id}", { params: { path: { id } } })),
    refetchInterval: 60_000,
  });
}

export const hoursQuery = queryOptions({ queryKey: hoursKey, queryFn: () => seen(api.GET("/v1/feeds/hours")) });

/** Where a calendar comes from: an address, which can be kept although it cannot be read now, or a file. */
export type Source =
  | { way: "url"; kind: OwnKind; url: string; user: string; password: string; keep: boolean }
  | { way: "file"; kind: OwnKind; file: File };

/** useTold has everything asked for again that a person's time is part of: boards, cases, finds, the directory. */
function useTold() {
  const queries = useQueryClient();
  return () => Promise.all([keys.feeds, keys.session, keys.directories, keys.boards, keys.cases, keys.finds].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

/** useKeep puts a feed that came back from a change where its page looks for it. */
function useKeep() {
  const queries = useQueryClient();
  const told = useTold();
  return (detail: Detail) => {
    queries.setQueryData(detailKey(detail.id), detail);
    void told();
  };
}

/** useAdd: a key goes with one content, so that a second press adds nothing twice and a corrected form is a new attempt. */
export function useAdd() {
  return useMutation({
    mutationFn: ({ source, key }: { source: Source; key: string }) => {
      const header = { "Idempotency-Key": key };
      if (source.way === "file") {
        // The bytes go as they are: their encoding is the reader's to find out.
        return answer(api.POST("/v1/feeds/file", { params: { query: { kind: source.kind }, header }, body: source.file.name, bodySerializer: () => source.file, headers: { "Content-Type": "text/calendar" } }));
      }
      const { kind, url, user, password, keep } = source;
      return answer(api.POST("/v1/feeds", { params: { header }, body: { kind, url, ...(user ? { user } : {}), ...(password ? { password } : {}), ...(keep ? { keep } : {}) } }));
    },
    onSuccess: useKeep(),
  });
}

export function useRefresh(id: string) {
  return useMutation({
    mutationFn: () => answer(api.POST("/v1/feeds/{id}/refresh", { params: { path: { id } } })),
    onSuccess: useKeep(),
  });
}

/** useRemove leaves the page of what is gone alone: fetched once more it would only be missing. */
export function useRemove(id: string) {
  const queries = useQueryClient();
  const told = useTold();
  return useMutation({
    mutationFn: async () => { await api.DELETE("/v1/feeds/{id}", { params: { path: { id } } }); },
    onSuccess: () => {
      queries.removeQueries({ queryKey: detailKey(id) });
      void told();
    },
  });
}

function useHoursChange<T>(change: (input: T) => Promise<Seen<WorkingHours>>) {
  const queries = useQueryClient();
  const told = useTold();
  return useMutation({
    mutationFn: change,
    onSuccess: (kept) => {
      queries.setQueryData(hoursKey, kept);
      void told();
    },
    onError: (error) => { if (asProblem(error).kind === "changed") void queries.invalidateQueries({ queryKey: hoursKey }); },
  });
}

export function useSaveHours() {
  return useHoursChange(({ body, etag }: { body: NewHours; etag: string }) => seen(api.PUT("/v1/feeds/hours", { params: { header: { "If-Match": etag } }, body })));
}

export function useResetHours() {
  return useHoursChange((etag: string) => seen(api.DELETE("/v1/feeds/hours", { params: { header: { "If-Match": etag } } })));
}
