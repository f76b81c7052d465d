import { useCallback, type RefCallback } from "react";
import type { Call } from "./Call";

/** useSight is put on the box in which somebody's picture or screen is or will be, so that no more of it is sent than is looked at. */
export function useSight(call: Call, key: string, source: "camera" | "screen", large: boolean): RefCallback<Element> {
  return useCallback((element: Element | null) => (element ? call.viewing.watch(element, { key, source, large }) : undefined), [call, key, source, large]);
}
