import { useSyncExternalStore } from "react";
import type { Schemas } from "../api/client";
import { useWords } from "../i18n/words";
import type { Call } from "./Call";
import type { CaptureState } from "./Capture";
import type { LineKnown } from "./LineCheck";
import type { CallState, Party } from "./state";

/** useCall reads the call; what it shows changes, the call itself stays the same object. */
export function useCall(call: Call): CallState {
  return useSyncExternalStore(call.subscribe, call.current);
}

export function useCapture(call: Call): CaptureState {
  return useSyncExternalStore(call.capture.subscribe, call.capture.current);
}

export function useLineCheck(call: Call): LineKnown {
  return useSyncExternalStore(call.lineCheck.subscribe, call.lineCheck.current);
}

export type RoleWords = {
  role(party: Party): string;
  /** "GP · Langneset legekontor" */
  place(party: Party): string;
  /** The same for somebody of the meeting's page. */
  placeOf(participant: Schemas["ParticipantView"]): string;
  /** "Ingrid Hauk (GP)" */
  named(party: Party): string;
};

/** useRoleWords says who somebody is. */
export function useRoleWords(): RoleWords {
  const words = useWords("common");
  const role = (party: Party) => (party.role ? words(party.guest ? "guest" : "role", party.role) : "");
  const roleOf = (p: Schemas["ParticipantView"]) => (p.guest ? words("guest", p.guest) : p.role ? words("role", p.role) : "");
  return {
    role,
    placeOf: (p) => [roleOf(p), p.org].filter(Boolean).join(" · "),
    place: (party) => [role(party), party.organization].filter(Boolean).join(" · "),
    named: (party) => (role(party) ? `${party.name} (${role(party)})` : party.name),
  };
}
