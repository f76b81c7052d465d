import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
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
