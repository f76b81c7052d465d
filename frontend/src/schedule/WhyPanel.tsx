import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Badge, FlagMark } from "../ui/FlagMark";
import { Time } from "../ui/Time";
import { MissingMark } from "./SuggestionCard";
import { verdictLines, type SeatLine, type Verdict } from "./verdict";
import type { Speech } from "./wording";

type WhyPanelProps = {
  /** The start that somebody looks at; null: none yet. */
  at: number | null;
  verdict: Verdict | undefined;
  failed: boolean;
  duration: number;
  busy: boolean;
  onPick: (() => void) | null;
  speech: Speech;
};

/** WhyPanel says of one start, seat by seat, who would come and what stands in the way. Of busy time it knows only that it is busy. */
export function WhyPanel({ at, verdict, failed, duration, busy, onPick, speech }: WhyPanelProps) {
  const { t } = useTranslation("schedule");
  if (at === null) return <p className="why why-empty quiet small">{t("grid.look")}</p>;
  return (
    <section className="why" aria-labelledby="why-title">
      <div className="row-apart">
        <h4 id="why-title" className="find-day">
          <Time at={new Date(at)} until={new Date(at + duration * 60_000)} as="day" />{" "}
          {verdict ? <Badge tone={verdict.feasible ? "accent" : "grey"}>{t(verdict.feasible ? "grid.works" : "grid.works_not")}</Badge> : null}
        </h4>
        {onPick ? <Button isDisabled={busy} onPress={onPick}>{t("grid.choose")}</Button> : null}
      </div>
      {verdict ? (
        <ul className="why-seats small">
          {verdict.rules.map((rule) => <li key={rule}><FlagMark level="red" /><span>{speech.say("rule", rule)}</span></li>)}
          {verdictLines(verdict, speech).map((line) => (
            <li key={line.id}><SeatMark mark={line.mark} /><span><strong>{line.seat}:</strong> {line.text}</span></li>
          ))}
        </ul>
      ) : <p className="quiet small">{t(failed ? "grid.why_failed" : "grid.asking")}</p>}
    </section>
  );
}

/** SeatMark: filled, filled in doubt, an empty needed seat, an empty optional one. The words beside it say the same. */
function SeatMark({ mark }: { mark: SeatLine["mark"] }) {
  switch (mark) {
    case "ok": return <svg className="why-filled" viewBox="0 0 20 20" width="20" height="20" aria-hidden focusable="false"><circle cx="10" cy="10" r="6" /></svg>;
    case "doubt": return <FlagMark level="grey" />;
    case "missing": return <FlagMark level="red" />;
    case "optional": return <MissingMark />;
  }
}
