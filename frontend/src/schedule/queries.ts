import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import { parseAnswer, type Answer, type FindRequest } from "./finder";
import type { NewConference } from "./draft";
import { sameAnswer } from "./search";
import { standingRequests, standingsOf } from "./standing";
import { verdictOf, type Verdict } from "./verdict";

async function find(request: FindRequest): Promise<Answer> {
  return parseAnswer(await answer(api.POST("/v1/find", { body: request })));
}

/** findQuery is not kept: a search that is opened again is run again. */
export function findQuery(id: string, request: FindRequest) {
  return queryOptions({
    queryKey: [...keys.find(id), request] as const,
    queryFn: () => find(request),
    refetchInterval: 60_000, // starts pass, and others book
    gcTime: 0,
  });
}

/** standingQuery asks who of the people can come at one start. */
export function standingQuery(id: string, request: FindRequest, start: string, people: readonly string[]) {
  return queryOptions({
    queryKey: [...keys.find(id), "standing", request, start, people] as const,
    queryFn: async () => {
      const requests = standingRequests(request, start, people);
      return standingsOf(requests, await Promise.all(requests.map(find)));
    },
    gcTime: 0,
  });
}

/** gridQuery reads people by time. Of busy time it knows that it is busy, never with what. */
export function gridQuery(id: string, request: FindRequest) {
  return queryOptions({
    queryKey: [...keys.find(id), "grid", request] as const,
    queryFn: () => answer(api.POST("/v1/find/grid", { body: request })),
    gcTime: 0,
  });
}

/** whyQuery asks why one start works or not. An answer is kept as long as the search: a pointer passes over the same start often. */
export function whyQuery(id: string, request: FindRequest, start: string | null) {
  return queryOptions({
    queryKey: [...keys.find(id), "why", request, start] as const,
    queryFn: async (): Promise<Verdict> => verdictOf(await answer(api.POST("/v1/find/why", { body: { find: request, start: start ?? "" } }))),
    enabled: start !== null,
    staleTime: 60_000,
    gcTime: 60_000,
  });
}

/** useSearch keeps an answer still while a person reads it: a newer one that differs waits until it is asked for. */
export function useSearch(id: string, request: FindRequest) {
  const query = useQuery(findQuery(id, request));
  const [shown, setShown] = useState<{ request: FindRequest; answer: Answer } | null>(null);
  const current = shown !== null && JSON.stringify(shown.request) === JSON.stringify(request);
  if (query.data && !current) setShown({ request, answer: query.data });
  const newer = current && query.data !== undefined && !sameAnswer(shown.answer, query.data);
  return {
    answer: shown?.answer,
    /** The answer shown is that of the request before. */
    behind: shown !== null && !current,
    newer,
    showNewer: () => { if (query.data) setShown({ request, answer: query.data }); },
    error: query.error,
    retry: () => void query.refetch(),
  };
}

/** useBook books, and calls for everything again that shows the case. */
export function useBook(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewConference; key: string }) =>
      answer(api.POST("/v1/conferences", { params: { header: { "Idempotency-Key": key } }, body })),
    onSuccess: () => {
      for (const queryKey of [keys.boards, keys.case(id), keys.mail, ["holds", id], ["waiting", id]]) void queries.invalidateQueries({ queryKey });
    },
    onError: (error) => {
      const kind = asProblem(error).kind;
      if (kind === "changed" || kind === "slot-taken" || kind === "seat-objected") {
        void queries.invalidateQueries({ queryKey: keys.case(id) });
        void queries.invalidateQueries({ queryKey: keys.find(id) });
      }
    },
  });
}
