import type { Schemas } from "../api/client";
import { useSpeech } from "./useSpeech";
import { reachWords } from "./wording";

/** Presence is a dot with a word: whether somebody can be rung now. */
export function Presence({ reach }: { reach: Schemas["Reachable"] }) {
  const speech = useSpeech();
  const half = reach.state === "in_talk" || reach.state === "engaged";
  return (
    <p className="presence small">
      <svg className={`presence-dot presence-${reach.state}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden focusable="false">
        <circle className="presence-ring" cx="8" cy="8" r="6" />
        {half ? <path className="presence-half" d="M8 2a6 6 0 0 1 0 12z" /> : null}
        {reach.state === "quiet" ? <path className="presence-bar" d="M5 8h6" /> : null}
      </svg>
      <span className="first-upper">{reachWords(reach, speech)}</span>
    </p>
  );
}
