import { useQuery } from "@tanstack/react-query";
import { Plus, Printer } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "wouter";
import { asProblem } from "../api/problem";
import { allowed, type Session } from "../api/session";
import { useAnnounce } from "../ui/Announcer";
import { Button, ButtonLink } from "../ui/Button";
import { useClock } from "../ui/clock";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState, Skeleton } from "../ui/surfaces";
import { CaseCard } from "./CaseCard";
import { groupByDay } from "./days";
import { boardQuery } from "./queries";
import "./board.css";

/** Board is one unit's coming discharges, live. */
export function Board({ session }: { session: Session }) {
  const { t } = useTranslation(["board", "common"]);
  const [search] = useSearchParams();
  const unit = search.get("unit") ?? session.units?.[0]?.id ?? "";
  const board = useQuery({ ...boardQuery(unit), enabled: unit !== "" });
  const { now, zone } = useClock();
  useSaidWhenChanged(board.data);

  if (unit === "") {
    const manages = allowed(session, "manage_region");
    return (
      <div className="page page-narrow">
        <EmptyState level={1} title={t("board:no_board")} action={manages ? <ButtonLink variant="primary" href="/region">{t("common:frame.region")}</ButtonLink> : null}>
          {manages && !session.region_loaded ? t("board:no_region_text") : t("board:no_board_text")}
        </EmptyState>
      </div>
    );
  }
  const cases = board.data?.cases ?? [];
  return (
    <div className="page board">
      <div className="row-apart board-head">
        <h1>{board.data ? t("board:of_unit", { unit: board.data.unit.name }) : t("board:title")}</h1>
        <div className="row">
          <Button variant="quiet" icon aria-label={t("board:print")} onPress={() => { window.print(); }}><Printer aria-hidden /></Button>
          {allowed(session, "create_case") ? <ButtonLink href={`/new-case?unit=${encodeURIComponent(unit)}`}><Plus aria-hidden />{t("board:new_case")}</ButtonLink> : null}
        </div>
      </div>
      {board.isError ? <ProblemNote problem={asProblem(board.error)} onRetry={() => void board.refetch()} /> : null}
      {board.isPending ? <div className="cases"><Skeleton label={t("common:loading")} cards={3} /></div> : null}
      {board.data && cases.length === 0 ? <EmptyState title={t("board:empty")}>{t("board:empty_text")}</EmptyState> : null}
      {groupByDay(cases, now, zone).map(({ section, cases: group }) => (
        <section key={section} className="board-day" aria-labelledby={`day-${section}`}>
          <h2 id={`day-${section}`} className="board-day-name">{t(`board:day.${section}`)} <span className="quiet">{group.length}</span></h2>
          <div className="cases">{group.map((card) => <CaseCard key={card.id} card={card} />)}</div>
        </section>
      ))}
      {board.data && cases.length > 0 && board.data.in_order > 0 ? (
        <p className="board-foot quiet">{t("board:in_order", { count: board.data.in_order })}. <span className="small">{t("board:in_order_text")}</span></p>
      ) : null}
    </div>
  );
}

/** A change made by somebody else is said once; the first answer is not a change. */
function useSaidWhenChanged(data: { cases: readonly { id: string; revision: number }[] | null } | undefined) {
  const { t } = useTranslation("board");
  const announce = useAnnounce();
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (!data) return;
    const state = (data.cases ?? []).map((c) => `${c.id}:${c.revision}`).sort().join(" ");
    if (before.current !== null && before.current !== state) announce(t("updated"));
    before.current = state;
  }, [data, announce, t]);
}
