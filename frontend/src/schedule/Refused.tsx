import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "../api/problem";
import { Button } from "../ui/Button";
import { Badge } from "../ui/FlagMark";
import { Banner, Skeleton } from "../ui/surfaces";
import { alternativesOf, type FindRequest, type Suggestion } from "./finder";
import { findQuery } from "./queries";
import type { CaseDetail } from "./seats";
import { Against, When } from "./SuggestionCard";
import { inOrder, listed, nameOf, whyWords, type Speech } from "./wording";

/** Most alternatives shown: the next best, not the whole list again. */
const mostShown = 3;

type RefusedProps = { problem: Problem; detail: CaseDetail; request: FindRequest; speech: Speech; onChoose: (other: Suggestion) => void };

/** Refused says who is taken and why, and offers the next best times with one press each. */
export function Refused({ problem, detail, request, speech, onChoose }: RefusedProps) {
  const { t } = useTranslation("schedule");
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => { top.current?.focus(); }, []); // the button that was pressed stands at the foot of the dialog
  const sent = alternativesOf(problem.alternatives);
  const again = useQuery({ ...findQuery(detail.id, request), enabled: sent === null });
  const answer = sent ?? again.data;
  const others = answer?.suggestions.slice(0, mostShown) ?? [];
  return (
    <div className="book-refused stack" ref={top} tabIndex={-1}>
      <Banner tone="red">
        <p><strong>{t(problem.kind === "changed" ? "taken.changed" : "taken.title")}</strong></p>
        {problem.conflicts.map((c) => <p key={c.person.id}>{t("taken.who", { name: c.person.name, why: whyWords(c, request.window.from, speech) })}</p>)}
      </Banner>
      <div className="stack-s">
        <h3>{t("taken.alternatives")}</h3>
        {!answer && again.isLoading ? <Skeleton label={t("taken.searching")} cards={1} /> : null}
        {answer && others.length === 0 ? <p>{t("taken.none")}</p> : null}
        <ul className="stack-s">
          {others.map((other) => (
            <li key={other.start} className="find-card" data-testid="alternative">
              <div className="row-apart">
                <When suggestion={other} speech={speech} />
                <Button onPress={() => { onChoose(other); }}>{t("taken.choose")}</Button>
              </div>
              <p className="small">
                {listed(inOrder(Object.keys(other.cast), speech).flatMap((seat) => other.cast[seat] ?? []).map((id) => nameOf(id, speech)), speech.language)}
                {other.unknown.length > 0 ? <> <Badge tone="grey" mark>{t("doubtful")}</Badge></> : null}
              </p>
              <Against suggestion={other} speech={speech} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
