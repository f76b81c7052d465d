import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, seen, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import type { Request } from "./repair";
import type { Meeting, Reply } from "./standing";

export function meetingQuery(id: string) {
  return queryOptions({
    queryKey: keys.conference(id),
    queryFn: () => answer(api.GET("/v1/conferences/{id}", { params: { path: { id } } })),
    refetchInterval: 60_000, // its state changes with the clock alone
  });
}

/** linksQuery: the links of guests open the meeting for whoever holds them, so they are forgotten with the page. */
export function linksQuery(id: string) {
  return queryOptions({
    queryKey: keys.links(id),
    queryFn: async () => (await answer(api.GET("/v1/conferences/{id}/links", { params: { path: { id } } }))).links ?? [],
    gcTime: 0,
  });
}

/** invitationQuery reads what a personal link is for, with the server's clock. Reading changes nothing. */
export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: keys.invitation(token),
    queryFn: async () => {
      const view = await answer(api.GET("/v1/invitations/{token}", { params: { path: { token } } }));
      return { ...view, offset: Date.parse(view.now) - Date.now() };
    },
    refetchInterval: 5 * 60_000, // a cancellation is seen without the many people of one hospital running into the limit
  });
}

/** useKeep puts a meeting that came back from a change where the pages look for it. */
function useKeep() {
  const queries = useQueryClient();
  return async (meeting: Meeting) => {
    queries.setQueryData(keys.conference(meeting.id), meeting);
    await Promise.all([
      queries.invalidateQueries({ queryKey: keys.boards }),
      queries.invalidateQueries({ queryKey: meeting.case ? keys.case(meeting.case.id) : keys.cases }),
    ]);
  };
}

export function useReply(id: string) {
  return useMutation({
    mutationFn: (reply: Reply) => answer(api.PUT("/v1/conferences/{id}/reply", { params: { path: { id } }, body: { reply } })),
    onSuccess: useKeep(),
  });
}

export function useCancel(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (revision: number) => answer(api.DELETE("/v1/conferences/{id}", { params: { path: { id }, header: { "If-Match": `"${revision}"` } } })),
    onSuccess: useKeep(),
    onError: (error) => { if (asProblem(error).kind === "changed") void queries.invalidateQueries({ queryKey: keys.conference(id) }); },
  });
}

/** repairQuery is what can be done about a meeting that has lost somebody. Nothing is worth an error: the page works without. */
export function repairQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.repairs, id] as const,
    queryFn: () => answer(api.GET("/v1/conferences/{id}/repair", { params: { path: { id } } })),
    refetchInterval: 60_000, // others book, and calendars change
  });
}

/** caseQuery is the case that a meeting is about, in the form in which its own page keeps it. */
export function caseQuery(id: string) {
  return queryOptions({ queryKey: keys.case(id), queryFn: () => seen(api.GET("/v1/cases/{id}", { params: { path: { id } } })) });
}

/** otherTimesQuery searches for another time with the same people. */
export function otherTimesQuery(id: string, request: Request) {
  return queryOptions({
    queryKey: [...keys.repairs, id, "times", request] as const,
    queryFn: () => answer(api.POST("/v1/find", { body: request })),
    gcTime: 0,
  });
}

/** othersQuery asks who else could sit in the seats of a meeting at its time. */
export function othersQuery(id: string, find: Request, start: string) {
  return queryOptions({
    queryKey: [...keys.repairs, id, "others", find, start] as const,
    queryFn: () => answer(api.POST("/v1/find/why", { body: { find, start } })),
    gcTime: 0,
  });
}

/** useChangeKept keeps a meeting that was moved or has other people, and fetches it again when somebody else was faster. */
function useChangeKept(id: string) {
  const queries = useQueryClient();
  const keep = useKeep();
  return {
    onSuccess: async (meeting: Meeting) => {
      await keep(meeting);
      for (const queryKey of [keys.repairs, keys.mail]) void queries.invalidateQueries({ queryKey });
    },
    onError: (error: unknown) => {
      const kind = asProblem(error).kind;
      if (kind !== "changed" && kind !== "slot-taken") return;
      for (const queryKey of [keys.conference(id), keys.repairs]) void queries.invalidateQueries({ queryKey });
    },
  };
}

export function useMove(id: string) {
  return useMutation({
    mutationFn: ({ revision, ...body }: Schemas["MoveInputBody"] & { revision: number }) =>
      answer(api.PUT("/v1/conferences/{id}/time", { params: { path: { id }, header: { "If-Match": `"${revision}"` } }, body })),
    ...useChangeKept(id),
  });
}

export function useSwap(id: string) {
  return useMutation({
    mutationFn: ({ revision, ...body }: Schemas["SwapInputBody"] & { revision: number }) =>
      answer(api.PUT("/v1/conferences/{id}/cast", { params: { path: { id }, header: { "If-Match": `"${revision}"` } }, body })),
    ...useChangeKept(id),
  });
}

export function useReplyByLink(token: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (reply: Reply) => answer(api.PUT("/v1/invitations/{token}/reply", { params: { path: { token } }, body: { reply } })),
    onSuccess: (view) => { queries.setQueryData(keys.invitation(token), { ...view, offset: Date.parse(view.now) - Date.now() }); },
  });
}

export function useEnterByLink(token: string) {
  return useMutation({ mutationFn: () => answer(api.POST("/v1/invitations/{token}/session", { params: { path: { token } } })) });
}

/** useFindByCode finds the personal link that a code which was read out stands for. */
export function useFindByCode() {
  return useMutation({ mutationFn: (code: string) => answer(api.POST("/v1/invitations/code", { body: { code } })) });
}

/** useGuestsKept fetches the links and the meeting again; whoever waits for it sees the list as it is now. */
function useGuestsKept(id: string) {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([queries.invalidateQueries({ queryKey: keys.links(id) }), queries.invalidateQueries({ queryKey: keys.conference(id) })]);
  };
}

/** useAddGuest: key is drawn when the form opens, so that a second press adds nobody twice. */
export function useAddGuest(id: string) {
  return useMutation({
    mutationFn: ({ key, ...body }: Schemas["NewGuest"] & { key: string }) => answer(api.POST("/v1/conferences/{id}/guests", { params: { path: { id }, header: { "Idempotency-Key": key } }, body })),
    onSuccess: useGuestsKept(id),
  });
}

export function useRevokeGuest(id: string) {
  return useMutation({
    mutationFn: (key: string) => answer(api.DELETE("/v1/conferences/{id}/guests/{key}", { params: { path: { id, key } } })),
    onSuccess: useGuestsKept(id),
  });
}

export function useRenewGuest(id: string) {
  return useMutation({
    mutationFn: (key: string) => answer(api.POST("/v1/conferences/{id}/guests/{key}/link", { params: { path: { id, key } } })),
    onSuccess: useGuestsKept(id),
  });
}
