import { Clock3 } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, Card, Skeleton } from "../ui/surfaces";
import { AllTimes } from "./AllTimes";
import { BookDialog } from "./BookDialog";
import { parseRequest, type Answer, type FindRequest, type Suggestion } from "./finder";
import { holdingsOf, inTheWay, sameHold, suggestionOf } from "./holdings";
import { useWaiting, type Hold } from "./holds";
import { MeetNow } from "./MeetNow";
import { NoSlot } from "./NoSlot";
import { useSearch } from "./queries";
import { adapted, sameSearch, soonFrom, unchanged, type Search } from "./search";
import { Applied, Relaxations, SearchOptions } from "./SearchOptions";
import { unfillable, type CaseDetail } from "./seats";
import { SeatsSought } from "./SeatsSought";
import { SuggestionCard } from "./SuggestionCard";
import { useSpeech } from "./useSpeech";
import { TellMe, WaitingPart } from "./WaitingPart";
import { listed, seatWord } from "./wording";

/** useBase is the search that the case comes with. It stays as it was while its people and rules do: only the clock has moved. */
function useBase(detail: CaseDetail): FindRequest {
  const latest = useMemo(() => parseRequest(detail.find), [detail.find]);
  const [base, setBase] = useState(latest);
  if (base === latest || sameSearch(base, latest)) return base;
  setBase(latest);
  return latest;
}

/** Chosen is the time that somebody is about to book. found: they hold it already; stale: what else they hold for the case. */
type Chosen = { suggestion: Suggestion; found: Hold | null; stale: readonly Hold[] };

type FindingProps = { detail: CaseDetail; /** A search for a meeting soon ends here; null: as the case says. */ until: string | null; onClose: () => void };

/** Finding is the open search: suggestions first, then what would give more, then all times, then what can be changed. */
export function Finding({ detail, until, onClose }: FindingProps) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  const heading = useRef<HTMLHeadingElement>(null);
  const [search, setSearch] = useState<Search>({ ...unchanged, until });
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const base = useBase(detail);
  const request = adapted(base, search);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "start" }); // the times are what was asked for
  }, []);
  const change = (next: Search) => {
    setSearch(next);
    heading.current?.focus(); // what was pressed may be gone with the next answer
  };
  const { holds } = useWaiting(detail);
  const choose = (suggestion: Suggestion) => {
    const { mine, offers } = holdingsOf(holds, speech.now.getTime());
    const found = sameHold([...mine, ...offers], suggestion) ?? inTheWay(offers, suggestion);
    setChosen({ suggestion, found, stale: mine.filter((h) => h !== found) });
  };
  const may = detail.may?.includes("book") ?? false;
  const lacking = unfillable(detail.seats ?? []).map((s) => seatWord(s.id, speech));
  return (
    <Card className="find" labelledBy="find-title">
      <div className="row-apart">
        <h2 id="find-title" ref={heading} tabIndex={-1}>{t("title")}</h2>
        <div className="row">
          <Soon base={base} search={search} onChange={change} now={speech.now} />
          <Button variant="quiet" onPress={onClose}>{t("hide")}</Button>
        </div>
      </div>
      {lacking.length > 0 ? <Banner tone="amber" quiet>{t("unfillable", { who: listed(lacking, speech.language) })}</Banner> : null}
      {chosen ? null : <WaitingPart detail={detail} request={request} onTake={may ? (hold) => { choose(suggestionOf(hold)); } : null} />}
      <Applied search={search} onChange={change} speech={speech} />
      {base.need.length === 0 ? <p className="quiet">{t("nobody_needed")}</p> : (
        <Results
          detail={detail} request={request} search={search} onSearch={setSearch} onRelax={change}
          onChoose={may ? choose : null}
        />
      )}
      {chosen ? (
        <BookDialog key={chosen.suggestion.start} detail={detail} request={request} first={chosen.suggestion} found={chosen.found} stale={chosen.stale} onClose={() => { setChosen(null); }} />
      ) : null}
    </Card>
  );
}

/** Soon asks for a meeting of today in one press, where the search would go on for longer. */
function Soon({ base, search, onChange, now }: { base: FindRequest; search: Search; onChange: (search: Search) => void; now: Date }) {
  const { t } = useTranslation("schedule");
  const until = soonFrom(now);
  if (search.until !== null || Date.parse(base.window.to) <= Date.parse(until)) return null;
  return <Button variant="quiet" onPress={() => { onChange({ ...search, until }); }}><Clock3 aria-hidden />{t("soon.ask")}</Button>;
}

type ResultsProps = {
  detail: CaseDetail;
  request: FindRequest;
  search: Search;
  onSearch: (search: Search) => void;
  /** Takes the place of the control that was pressed, so the focus has to go elsewhere. */
  onRelax: (search: Search) => void;
  onChoose: ((suggestion: Suggestion) => void) | null;
};

function Results({ detail, request, search, onSearch, onRelax, onChoose }: ResultsProps) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  const announce = useAnnounce();
  const found = useSearch(detail.id, request);
  const answer = found.answer;
  useEffect(() => {
    if (answer) announce(answer.suggestions.length > 0 ? t("found", { count: answer.suggestions.length }) : t("none.title"));
  }, [answer, announce, t]);
  const problem = found.error ? <ProblemNote problem={asProblem(found.error)} onRetry={found.retry} /> : null;
  if (!answer) return problem ?? <><p className="quiet" aria-hidden>{t("searching")}</p><Skeleton label={t("searching")} cards={3} /></>;
  const some = answer.suggestions.length > 0;
  return (
    <>
      {problem}
      {problem ? <p className="quiet small">{t("still")}</p> : null}
      {found.newer ? <Banner quiet action={<Button onPress={found.showNewer}>{t("newer_action")}</Button>}>{t("newer")}</Banner> : null}
      <div className={found.behind ? "find-behind stack" : "stack"} aria-busy={found.behind}>
        <SuggestionList detail={detail} answer={answer} request={request} search={search} onRelax={onRelax} onChoose={onChoose} busy={found.behind} />
        {some ? <Relaxations relax={answer.rejected.relax} search={search} onRelax={onRelax} speech={speech} title={t("options.more")} /> : null}
      </div>
      {some || answer.rejected.starts_total > 0 ? <AllTimes detail={detail} request={request} onChoose={onChoose} /> : null}
      <SeatsSought detail={detail} request={request} />
      <SearchOptions detail={detail} duration={request.duration_min} search={search} onSearch={onSearch} />
      {some ? (
        <div className="find-else stack-s">
          <p className="find-label">{t("soon.else")}</p>
          <div className="row"><MeetNow variant="secondary" /><TellMe detail={detail} request={request} /></div>
        </div>
      ) : null}
    </>
  );
}

type ListProps = { detail: CaseDetail; answer: Answer; request: FindRequest; search: Search; onRelax: (search: Search) => void; onChoose: ResultsProps["onChoose"]; busy: boolean };

function SuggestionList({ detail, answer, request, search, onRelax, onChoose, busy }: ListProps) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  if (answer.suggestions.length === 0) return <NoSlot detail={detail} rejected={answer.rejected} request={request} search={search} onRelax={onRelax} speech={speech} />;
  return (
    <>
      <ul className="find-cards">
        {answer.suggestions.map((suggestion, i) => (
          <SuggestionCard
            key={suggestion.start} suggestion={suggestion} freshness={answer.freshness} speech={speech} best={i === 0} busy={busy}
            onBook={onChoose ? () => { onChoose(suggestion); } : null}
          />
        ))}
      </ul>
      <p className="quiet small">{t("ages")}</p>
    </>
  );
}
