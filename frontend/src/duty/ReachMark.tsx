import type { Schemas } from "../api/client";

export type ReachState = Schemas["Reachable"]["state"];

/** ReachMark is the shape of how somebody can be reached: full, half, barred, empty. A word stands beside it, or it is named. */
export function ReachMark({ state, label }: { state: ReachState; label?: string }) {
  const named = label ? { role: "img", "aria-label": label } : { "aria-hidden": true };
  return (
    <svg className={`reach-mark reach-${state}`} viewBox="0 0 16 16" width="16" height="16" focusable="false" {...named}>
      <circle className="reach-ring" cx="8" cy="8" r="6" />
      {state === "in_talk" || state === "engaged" ? <path className="reach-fill" d="M8 2a6 6 0 0 1 0 12z" /> : null}
      {state === "quiet" ? <path className="reach-bar" d="M5 8h6" /> : null}
    </svg>
  );
}
