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

/** useRoleWords says who somebody is: "GP · Langneset legekontor". */
export function useRoleWords(): { role: (party: Party) => string; place: (party: Party) => string } {
  const words = useWords("common");
  const role = (party: Party) => (party.role ? words(party.guest ? "guest" : "role", party.role) : "");
  return { role, place: (party) => [role(party), party.organization].filter(Boolean).join(" · ") };
}
