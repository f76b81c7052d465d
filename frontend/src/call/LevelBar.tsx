import { useSyncExternalStore } from "react";
import type { LevelMeter } from "./level";

/** LevelBar moves with your voice. It is a picture of something you hear yourself, so screen readers get the verdict instead. */
export function LevelBar({ meter }: { meter: LevelMeter }) {
  const level = useSyncExternalStore(meter.subscribe, meter.current);
  return (
    <svg className="level" aria-hidden focusable="false">
      <rect className="level-ground" width="100%" height="100%" rx="4" />
      <rect className="level-now" width={`${Math.round(level * 100)}%`} height="100%" rx="4" />
    </svg>
  );
}

/** useHeard is true once the microphone has heard somebody. */
export function useHeard(meter: LevelMeter): boolean {
  return useSyncExternalStore(meter.subscribe, meter.heard);
}
