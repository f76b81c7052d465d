import { useSyncExternalStore } from "react";
import { useWords } from "../i18n/words";
import type { Call } from "./Call";
import type { CaptureState } from "./Capture";
import type { CallState, Party } from "./state";

/** useCall reads the call; what it shows changes, the call itself stays the same object. */
export function useCall(call: Call): CallState {
  return useSyncExternalStore(call.subscribe, call.current);
}

export function useCapture(call: Call): CaptureState {
  return useSyncExternalStore(call.capture.subscribe, call.capture.current);
}

export type RoleWords = {
  role(party: Party): string;
  /** "GP · Langneset legekontor" */
  place(party: Party): string;
  /** "Ingrid Hauk (GP)" */
  named(party: Party): string;
};

/** useRoleWords says who somebody is. */
export function useRoleWords(): RoleWords {
  const words = useWords("common");
  const role = (party: Party) => (party.role ? words(party.guest ? "guest" : "role", party.role) : "");
  return {
    role,
    place: (party) => [role(party), party.organization].filter(Boolean).join(" · "),
    named: (party) => (role(party) ? `${party.name} (${role(party)})` : party.name),
  };
}
