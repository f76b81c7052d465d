import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useLanguage } from "../i18n/words";
import { Button } from "../ui/Button";
import { useClock } from "../ui/clock";
import { Checkbox } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, Skeleton } from "../ui/surfaces";
import { clock, fullTime } from "../ui/time";
import { dayWords } from "../ui/Time";
import { startsByDay, type DayOfStarts } from "./days";
import type { FindRequest, Suggestion } from "./finder";
import { findQuery } from "./queries";
import { atStart } from "./search";

/** Days shown at first, and with each further press. */
const daysAtOnce = 3;

type AllTimesProps = { id: string; request: FindRequest; onChoose: ((suggestion: Suggestion) => void) | null };

/** AllTimes is every start that would do, for those who want to look. It is fetched when it is opened. */
export function AllTimes({ id, request, onChoose }: AllTimesProps) {
  const { t } = useTranslation("schedule");
  const [open, setOpen] = useState(false);
  return (
    <details className="find-all" onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>{t("all.title")}</summary>
      {open ? <Starts id={id} request={request} onChoose={onChoose} /> : null}
    </details>
  );
}

/** Starts lists working time first: a grid of nights would hide the days. */
function Starts({ id, request, onChoose }: AllTimesProps) {
  const { t } = useTranslation("schedule");
  const common = useTranslation("common").t;
  const { now, zone } = useClock();
  const language = useLanguage();
  const queries = useQueryClient();
  const [shown, setShown] = useState(daysAtOnce);
  const [outside, setOutside] = useState(false);
  const lastResort = request.policy?.outside_hours === "last_resort";
  const policy = lastResort && !outside ? { ...request.policy, outside_hours: "never" as const } : request.policy;
  const all = useQuery(findQuery(id, { ...request, policy, list: "starts", limit: 1 }));
  const pick = useMutation({
    mutationFn: (start: string) => queries.fetchQuery(findQuery(id, atStart(request, start))),
    onSuccess: (answer) => {
      const suggestion = answer.suggestions[0];
      if (suggestion) onChoose?.(suggestion);
      else void all.refetch();
    },
  });
  const days = startsByDay(all.data?.starts ?? [], zone);
  const further = Math.min(daysAtOnce, days.length - shown);
  const gone = pick.data && pick.data.suggestions.length === 0 ? pick.variables : null;
  return (
    <div className="stack">
      {lastResort ? <Checkbox isSelected={outside} onChange={setOutside}>{t("all.outside")}</Checkbox> : null}
      {all.error && !all.data ? <ProblemNote problem={asProblem(all.error)} onRetry={() => void all.refetch()} /> : null}
      {all.isLoading ? <Skeleton label={t("all.loading")} /> : null}
      {all.data && days.length === 0 ? <p className="quiet">{t("all.none")}</p> : null}
      {onChoose && days.length > 0 ? <p className="quiet small">{t("all.hint")}</p> : null}
      {gone ? <Banner tone="amber" quiet>{t("all.gone", { time: clock(new Date(gone), zone) })}</Banner> : null}
      {pick.isError ? <ProblemNote problem={asProblem(pick.error)} /> : null}
      {days.slice(0, shown).map((day) => (
        <DayRow
          key={day.day} day={day} onPick={onChoose ? (start) => { if (!pick.isPending) pick.mutate(start); } : null}
          name={dayWords(new Date(day.starts[0] ?? now), now, zone, language, common)}
        />
      ))}
      {further > 0 ? <div><Button variant="quiet" onPress={() => { setShown(shown + daysAtOnce); }}>{t("all.more", { count: further })}</Button></div> : null}
    </div>
  );
}

function DayRow({ day, name, onPick }: { day: DayOfStarts; name: string; onPick: ((start: string) => void) | null }) {
  const { zone } = useClock();
  const language = useLanguage();
  return (
    <div className="stack-s">
      <h4 className="find-day">{name}</h4>
      <ul className="starts">
        {day.starts.map((start) => {
          const at = new Date(start);
          return (
            <li key={start}>
              {onPick
                ? <AriaButton className="start" onPress={() => { onPick(start); }} aria-label={fullTime(at, zone, language)}>{clock(at, zone)}</AriaButton>
                : <span className="start start-text">{clock(at, zone)}</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
