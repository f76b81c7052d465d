import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useClock } from "../ui/clock";
import { Checkbox, Choice } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, Skeleton } from "../ui/surfaces";
import { clock } from "../ui/time";
import type { FindRequest, Suggestion } from "./finder";
import { findQuery, gridQuery } from "./queries";
import { atStart } from "./search";
import type { CaseDetail } from "./seats";
import { StartList } from "./StartList";
import { TimeGrid } from "./TimeGrid";
import { narrow, useMedia, wide } from "./useMedia";

type AllTimesProps = { detail: CaseDetail; request: FindRequest; onChoose: ((suggestion: Suggestion) => void) | null };

/** AllTimes is every start, for those who want to look: people by time where there is room, else a list. */
export function AllTimes(props: AllTimesProps) {
  const { t } = useTranslation("schedule");
  const [open, setOpen] = useState(matchMedia(wide).matches);
  return (
    <details className="find-all" open={open} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>{t("all.title")}</summary>
      {open ? <Times {...props} /> : null}
    </details>
  );
}

type View = "grid" | "list";

/** Times show working time first: a grid of nights would hide the days. */
function Times({ detail, request, onChoose }: AllTimesProps) {
  const { t } = useTranslation("schedule");
  const { zone } = useClock();
  const cramped = useMedia(narrow);
  const [chosen, setChosen] = useState<View>("grid");
  const [outside, setOutside] = useState(false);
  const lastResort = request.policy?.outside_hours === "last_resort";
  const policy = lastResort && !outside ? { ...request.policy, outside_hours: "never" as const } : request.policy;
  const shown = { ...request, policy };
  const grid = useQuery({ ...gridQuery(detail.id, shown), enabled: !cramped && chosen === "grid" });
  const view: View = cramped || grid.isError ? "list" : chosen;
  const all = useQuery({ ...findQuery(detail.id, { ...shown, list: "starts", limit: 1 }), enabled: view === "list" });
  const pick = usePick(detail.id, request, (suggestion) => { onChoose?.(suggestion); }, () => { void (view === "grid" ? grid : all).refetch(); });
  const onPick = onChoose ? pick.run : null;
  const views = [{ id: "grid" as const, label: t("all.grid") }, { id: "list" as const, label: t("all.list") }];
  return (
    <div className="stack">
      <div className="row-apart">
        {cramped || grid.isError ? <span /> : <Choice label={t("all.as")} labelHidden options={views} value={chosen} onChange={setChosen} />}
        {lastResort ? <Checkbox isSelected={outside} onChange={setOutside}>{t("all.outside")}</Checkbox> : null}
      </div>
      {pick.gone ? <Banner tone="amber" quiet>{t("all.gone", { time: clock(new Date(pick.gone), zone) })}</Banner> : null}
      {pick.error ? <ProblemNote problem={asProblem(pick.error)} /> : null}
      {view === "list" ? (
        <>
          {all.error && !all.data ? <ProblemNote problem={asProblem(all.error)} onRetry={() => void all.refetch()} /> : null}
          {all.isLoading ? <Skeleton label={t("all.loading")} /> : null}
          {all.data ? <StartList starts={all.data.starts} onPick={onPick} /> : null}
        </>
      ) : grid.data
        ? <TimeGrid detail={detail} request={shown} view={grid.data} onPick={onPick} busy={pick.busy} />
        : <Skeleton label={t("all.loading")} lines={6} />}
    </div>
  );
}

/** usePick asks who would come at one start, and gives it back when it has just been taken. */
function usePick(id: string, request: FindRequest, onFound: (suggestion: Suggestion) => void, onGone: () => void) {
  const queries = useQueryClient();
  const pick = useMutation({
    mutationFn: (start: string) => queries.fetchQuery(findQuery(id, atStart(request, start))),
    onSuccess: (answer) => {
      const suggestion = answer.suggestions[0];
      if (suggestion) onFound(suggestion);
      else onGone();
    },
  });
  return {
    run: (start: string) => { if (!pick.isPending) pick.mutate(start); },
    busy: pick.isPending,
    gone: pick.data && pick.data.suggestions.length === 0 ? pick.variables : null,
    error: pick.error,
  };
}
