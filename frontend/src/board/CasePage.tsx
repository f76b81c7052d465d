import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "wouter";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { Card, EmptyState, Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { NoticeLine, useDeeds } from "./CaseCard";
import { CaseSeats } from "./CaseSeats";
import { CloseCase } from "./CloseCase";
import { EditDischarge } from "./EditDischarge";
import { FlagLine } from "./FlagLine";
import { linesOf } from "./flags";
import { caseQuery, type CaseDetail } from "./queries";
import "./board.css";

export type CasePageProps = {
  id: string;
  /** The search for a time, which the schedule feature draws. */
  find: (detail: CaseDetail, open: boolean, onOpen: (open: boolean) => void) => ReactNode;
};

/** CasePage: left what is known, right what comes next. */
export function CasePage({ id, find }: CasePageProps) {
  const { t } = useTranslation(["board", "common"]);
  useTitle(t("board:case.title"));
  const found = useQuery(caseQuery(id));
  if (found.isPending) return <div className="page"><Skeleton label={t("common:loading")} cards={2} /></div>;
  if (!found.data) {
    const problem = asProblem(found.error);
    return (
      <div className="page page-narrow">
        {problem.status === 404 ? <EmptyState level={1} title={t("board:case.gone")} /> : <ProblemNote problem={problem} onRetry={() => void found.refetch()} />}
      </div>
    );
  }
  return <CaseView detail={found.data.value} find={find} />;
}

function CaseView({ detail, find }: { detail: CaseDetail; find: CasePageProps["find"] }) {
  const { t } = useTranslation(["board", "common"]);
  const [search, setSearch] = useSearchParams();
  const [editing, setEditing] = useState(false);
  const [closing, setClosing] = useState(false);
  const deeds = useDeeds(detail.id);
  const finding = search.has("find");
  const mayEdit = detail.may?.includes("edit") ?? false;
  const lines = linesOf(detail);
  const open = (on: boolean) => {
    setSearch((last) => {
      const next = new URLSearchParams(last);
      if (on) next.set("find", "1"); else next.delete("find");
      return next;
    }, { replace: true });
  };
  const names = Object.fromEntries(Object.entries(detail.people).map(([id, p]) => [id, p.name]));
  return (
    <div className={`page case-page${finding ? " case-finding" : ""}`}>
      <header className="case-title">
        <h1>
          <span className="case-code">{detail.code}</span> {detail.receiver.organization || detail.municipality.name}
        </h1>
        <p className="case-title-when"><Time at={detail.discharge} as="day" /> <span className="quiet">(<Time at={detail.discharge} />)</span></p>
      </header>
      <div className="case-columns">
        <div className="case-known stack">
          <Card labelledBy="known">
            <div className="row-apart">
              <h2 id="known">{t("board:case.known")}</h2>
              {mayEdit ? <Button variant="quiet" onPress={() => { setEditing(true); }}><Pencil aria-hidden />{t("board:case.edit")}</Button> : null}
            </div>
            <Known detail={detail} />
          </Card>
          <CaseSeats detail={detail} mayEdit={mayEdit} />
          <p className="quiet small">{t("board:case.not_statutory")}</p>
          {mayEdit ? <div><Button variant="quiet" onPress={() => { setClosing(true); }}>{t("board:case.close")}</Button></div> : null}
        </div>
        <div className="case-next stack">
          <Card labelledBy="next">
            <h2 id="next">{t("board:case.next")}</h2>
            {lines.length > 0 ? (
              <ul className="flags">
                {lines.map((line, i) => (
                  <FlagLine
                    key={`${line.flag.code}${i}`} line={line} told={Boolean(detail.told)} names={names} busy={deeds.busy} onFind={() => { open(true); }}
                    onDeed={(kind) => { if (kind === "edit_discharge") setEditing(true); else deeds.run(kind); }}
                  />
                ))}
              </ul>
            ) : <p className="quiet">{t("board:case.nothing_next")}</p>}
            {deeds.problem ? <ProblemNote problem={deeds.problem} /> : null}
          </Card>
          {detail.may?.includes("find_time") ? find(detail, finding, open) : null}
          <Meetings detail={detail} />
        </div>
      </div>
      {editing ? <EditDischarge card={detail} note={detail.note ?? ""} onClose={() => { setEditing(false); }} /> : null}
      {closing ? <CloseCase id={detail.id} revision={detail.revision} onClose={() => { setClosing(false); }} /> : null}
    </div>
  );
}

function Known({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation(["board", "common"]);
  const minutes = detail.receiver.travel_minutes ?? 0;
  const travel = minutes >= 60
    ? t("board:case.travel_hours", { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") })
    : t("board:case.travel_minutes", { m: minutes });
  const grade = detail.receiver.link_grade;
  const language = detail.language;
  return (
    <dl className="facts">
      <div><dt>{t("board:case.when")}</dt><dd><Time at={detail.discharge} as="day" />, {t(`board:certainty.${detail.certainty as "low"}`)}</dd></div>
      <div>
        <dt>{t("board:case.where")}</dt>
        <dd>{detail.origin.name} → {t(`board:destination.${detail.destination as "home"}`)}, {detail.municipality.name}{minutes ? <span className="quiet"> · {t("board:case.travel", { time: travel })}</span> : null}</dd>
      </div>
      <div><dt>{t("board:case.receiver")}</dt><dd>{detail.receiver.name}</dd></div>
      <div><dt>{t("board:case.state")}</dt><dd>{detail.told || detail.acknowledged ? <NoticeLine card={detail} /> : t("board:not_told")}</dd></div>
      {grade ? <div><dt>{t("board:case.link")}</dt><dd>{t(`board:case.link_${grade as "A"}`)}</dd></div> : null}
      {language ? <div><dt>{t("board:case.language")}</dt><dd>{t(`board:language.${language as "se"}`, { defaultValue: language })}</dd></div> : null}
      {detail.note ? <div><dt>{t("board:case.note")}</dt><dd>{detail.note}</dd></div> : null}
    </dl>
  );
}

function Meetings({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation("board");
  const meetings = detail.conferences ?? [];
  return (
    <Card labelledBy="meetings">
      <h2 id="meetings">{t("case.meetings")}</h2>
      {meetings.length === 0 ? <p className="quiet">{t("case.no_meetings")}</p> : (
        <ul className="meetings">
          {meetings.map((m) => (
            <li key={m.id}>
              <Link href={`/meetings/${m.id}`} className="meeting-link">
                <span>{t(`meeting.${m.state}`)} <Time at={m.start} until={m.end} as="day" /></span>
                <span className="quiet small">{t("meeting.replies", { yes: m.yes, no: m.no, silent: m.silent })}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
