import "./flagmark.css";

/** Level of worry. "ok" is only for what somebody has confirmed; unknown is grey, never green. */
export type Level = "red" | "amber" | "grey" | "ok";

/** FlagMark is the shape of a level: triangle, diamond, ring, tick. Colour alone never says it; a word stands beside it. */
export function FlagMark({ level }: { level: Level }) {
  return (
    <svg className={`mark mark-${level}`} viewBox="0 0 20 20" width="20" height="20" aria-hidden focusable="false">
      {level === "red" ? <><path className="mark-fill" d="M10 1.800 19 17.500H1z" /><path className="mark-cut" d="M10 7.200v4.600M10 14v1.200" /></> : null}
      {level === "amber" ? <><path className="mark-fill" d="M10 1.200 18.800 10 10 18.800 1.200 10z" /><path className="mark-cut" d="M10 5.800v5M10 13v1.200" /></> : null}
      {level === "grey" ? <><circle className="mark-ring" cx="10" cy="10" r="7.500" /><path className="mark-line" d="M7.800 8a2.200 2.200 0 1 1 3.200 2c-.7.400-1 .8-1 1.600M10 14v.6" /></> : null}
      {level === "ok" ? <><circle className="mark-fill" cx="10" cy="10" r="8.500" /><path className="mark-cut" d="m6 10.200 2.800 2.800L14.200 7.400" /></> : null}
    </svg>
  );
}

export type Tone = Level | "accent";

/** Badge is a word in a soft shape. */
export function Badge({ tone = "grey", mark, children }: { tone?: Tone; mark?: boolean; children: React.ReactNode }) {
  return (
    <span className={`badge badge-${tone}`}>
      {mark && tone !== "accent" ? <FlagMark level={tone} /> : null}
      <span>{children}</span>
    </span>
  );
}
