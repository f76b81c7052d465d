import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Badge, FlagMark } from "../ui/FlagMark";
import { Button } from "../ui/Button";
import { distanceWords, Time } from "../ui/Time";
import { Cast } from "./Cast";
import type { Suggestion } from "./finder";
import { againstWords, favourWords, marginWords, missingWords, upperFirst, type Speech } from "./wording";

type SuggestionCardProps = {
  suggestion: Suggestion;
  freshness: Readonly<Record<string, string>>;
  speech: Speech;
  best: boolean;
  busy: boolean;
  /** null: this person may not book. */
  onBook: (() => void) | null;
};

/** SuggestionCard is one time that suits: when, who comes, who does not and why. */
export function SuggestionCard({ suggestion, freshness, speech, best, busy, onBook }: SuggestionCardProps) {
  const { t } = useTranslation("schedule");
  const when = useId();
  const favour = favourWords(suggestion, speech);
  return (
    <li className={best ? "find-card find-best" : "find-card"} data-testid="suggestion">
      <When suggestion={suggestion} speech={speech} id={when} />
      {best || suggestion.unknown.length > 0 ? (
        <div className="row">
          {best ? <Badge tone="accent">{t("best")}</Badge> : null}
          {suggestion.unknown.length > 0 ? <Badge tone="grey" mark>{t("doubtful")}</Badge> : null}
        </div>
      ) : null}
      <Cast suggestion={suggestion} freshness={freshness} speech={speech} />
      <Against suggestion={suggestion} speech={speech} />
      {favour.length > 0 ? <p className="quiet small">{upperFirst(favour.join("; "))}.</p> : null}
      {onBook ? <Button className="find-book" variant={best ? "primary" : "secondary"} isDisabled={busy} onPress={onBook} aria-describedby={when}>{t("book")}</Button> : null}
    </li>
  );
}

/** When is a time as people say it, how far away it is, and what is left before the discharge. */
export function When({ suggestion, speech, id }: { suggestion: Pick<Suggestion, "start" | "end">; speech: Speech; id?: string }) {
  const { t } = useTranslation("common");
  const margin = marginWords(suggestion, speech);
  return (
    <div className="find-when">
      <h3 id={id}><Time at={suggestion.start} until={suggestion.end} as="day" /></h3>
      <p className="quiet small">{[distanceWords(new Date(suggestion.start), speech.now, t), margin].filter(Boolean).join(" · ")}</p>
    </div>
  );
}

/** Against lists what speaks against a time: points that cost, and seats that stay empty. */
export function Against({ suggestion, speech }: { suggestion: Suggestion; speech: Speech }) {
  const costs = againstWords(suggestion, speech);
  const missing = missingWords(suggestion, speech);
  if (costs.length + missing.length === 0) return null;
  return (
    <ul className="find-against small">
      {costs.map((text) => <li key={text}><FlagMark level="amber" /><span>{text}</span></li>)}
      {missing.map((text) => <li key={text}><MissingMark /><span>{text}</span></li>)}
    </ul>
  );
}

/** MissingMark is an empty seat. */
export function MissingMark() {
  return (
    <svg className="find-empty" viewBox="0 0 20 20" width="20" height="20" aria-hidden focusable="false">
      <circle cx="10" cy="10" r="7.500" />
    </svg>
  );
}
