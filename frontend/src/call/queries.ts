import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import { keys } from "../api/keys";

type View = Schemas["ConferenceView"];

/** may: what you may do in this meeting, as the server says. */
export function may(view: View, what: "join" | "admit" | "invite_guests" | "keep_consent" | "add_by_hand" | "view_attendance"): boolean {
  return view.may?.includes(what) ?? false;
}

/** useKept puts the meeting that came back from a change where the call looks for it. */
function useKept() {
  const queries = useQueryClient();
  return async (view: View) => {
    queries.setQueryData(keys.conference(view.id), view);
    await queries.invalidateQueries({ queryKey: keys.attendance(view.id) });
  };
}

export function useConsent(id: string) {
  return useMutation({
    mutationFn: (body: { patient_present: boolean; consent: boolean }) => answer(api.PUT("/v1/conferences/{id}/consent", { params: { path: { id } }, body })),
    onSuccess: useKept(),
  });
}

export type ByHand = { name: string; role?: string; org?: string; seat?: string; how: "phone" | "room" };

/** useAddByHand: key is drawn when the form opens, so that a second press adds nobody twice. */
export function useAddByHand(id: string) {
  return useMutation({
    mutationFn: ({ key, ...body }: ByHand & { key: string }) => answer(api.POST("/v1/conferences/{id}/people", { params: { path: { id }, header: { "Idempotency-Key": key } }, body })),
    onSuccess: useKept(),
  });
}

export function useEndByHand(id: string) {
  return useMutation({
    mutationFn: (key: string) => answer(api.DELETE("/v1/conferences/{id}/people/{key}", { params: { path: { id, key } } })),
    onSuccess: useKept(),
  });
}
