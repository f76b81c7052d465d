import { CalendarDays, ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Badge, FlagMark } from "../ui/FlagMark";
import type { Fault, Roster } from "./faults";
import { useSpeech } from "./useSpeech";
import { Week } from "./Week";
import { feedWords, gapWords, placeWords, readWords, reportWords, unknownWords, upperFirst, type Speech } from "./wording";

/** How many faults are shown before the reader asks for the rest. */
const shownAtOnce = 4;

/** MendPlan is a plan that somebody must do something about. */
export function MendPlan({ roster, faults }: { roster: Roster; faults: readonly Fault[] }) {
  const { t } = useTranslation("plan");
  const rest = faults.slice(shownAtOnce);
  return (
    <li className="plan-card">
      <Head roster={roster} />
      <FaultList roster={roster} faults={faults.slice(0, shownAtOnce)} />
      {rest.length > 0 ? (
        <details className="plan-more">
          <summary>{t("more_faults", { count: rest.length })}</summary>
          <FaultList roster={roster} faults={rest} />
        </details>
      ) : null}
      <p className="quiet small">{roster.mine ? t("mend_mine") : t("mend_other_owner", { name: roster.owner.name })}</p>
      <Calendars roster={roster} />
      <WeekAhead roster={roster} open={roster.mine} />
    </li>
  );
}

/** WellPlan is one line for a plan in which nothing is missing. */
export function WellPlan({ roster }: { roster: Roster }) {
  const { t } = useTranslation("plan");
  const speech = useSpeech();
  return (
    <li className="plan-well-item">
      <details className="plan-more">
        <summary>
          <FlagMark level="ok" />
          <span><strong>{upperFirst(speech.word("role", roster.role))}</strong> <span className="quiet">{placeWords(roster.unit)}</span>{roster.mine ? <> <Badge tone="accent">{t("mine")}</Badge></> : null}</span>
          <ChevronDown className="plan-chevron" aria-hidden />
        </summary>
        <div className="plan-inside">
          <p className="quiet small">{t("in_order")} {roster.mine ? null : t("owner", { name: roster.owner.name })}</p>
          <Calendars roster={roster} />
          <Days roster={roster} />
        </div>
      </details>
    </li>
  );
}

function Head({ roster }: { roster: Roster }) {
  const { t } = useTranslation("plan");
  const speech = useSpeech();
  return (
    <div>
      <h3>{upperFirst(speech.word("role", roster.role))}{roster.mine ? <> <Badge tone="accent">{t("mine")}</Badge></> : null}</h3>
      <p className="quiet small">{placeWords(roster.unit)}</p>
    </div>
  );
}

function FaultList({ roster, faults }: { roster: Roster; faults: readonly Fault[] }) {
  const { t } = useTranslation("plan");
  const speech = useSpeech();
  return (
    <ul className="plan-faults">
      {faults.map((fault, i) => (
        <li key={`${fault.kind}-${i}`} className="plan-line">
          <FlagMark level={fault.level} />
          <div>
            <p>{faultWords(fault, roster, speech)}</p>
            {fault.kind === "feed" ? <Link className="plan-link" href={`/feeds/${fault.feed.id}`}><CalendarDays aria-hidden />{t("feed.see")}</Link> : null}
          </div>
        </li>
      ))}
    </ul>
  );
}

function faultWords(fault: Fault, roster: Roster, speech: Speech): string {
  switch (fault.kind) {
    case "gap": return gapWords(fault.gap, roster.window, speech);
    case "unknown": return unknownWords(fault.unknown, speech);
    case "feed": return feedWords(fault.feed, speech);
    case "report": return reportWords(fault.report, speech);
  }
}

/** Calendars says of what the plan is made, and how old that is. What is wrong with one stands above. */
function Calendars({ roster }: { roster: Roster }) {
  const { t } = useTranslation("plan");
  const speech = useSpeech();
  const feeds = roster.feeds ?? [];
  if (feeds.length === 0) return <p className="quiet small">{t("feed.none")}</p>;
  return (
    <ul className="plan-feeds small">
      {feeds.filter((feed) => !feed.stale && !feed.why).map((feed) => (
        <li key={feed.id}>
          <Link className="plan-link" href={`/feeds/${feed.id}`}>{readWords(feed, speech)}</Link>
          {feed.warnings > 0 ? <span className="quiet"> · {t("feed.warnings", { count: feed.warnings })}</span> : null}
        </li>
      ))}
    </ul>
  );
}

function WeekAhead({ roster, open }: { roster: Roster; open: boolean }) {
  const { t } = useTranslation("plan");
  if ((roster.feeds ?? []).length === 0) return null;
  return <details className="plan-more" open={open}><summary>{t("week.title")}</summary><Days roster={roster} /></details>;
}

/** Days are shown of a plan that is read from calendars; other plans have no shifts to show. */
function Days({ roster }: { roster: Roster }) {
  return (roster.feeds ?? []).length === 0 ? null : <Week roster={roster} />;
}
