import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { asProblem, type Problem } from "../api/problem";
import { useWords } from "../i18n/words";
import { Button } from "../ui/Button";
import { useClock } from "../ui/clock";
import { ProblemNote } from "../ui/ProblemNote";
import { Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { AttendanceRow } from "./AttendanceRow";
import { attendanceCsv, attendanceQuery, refreshEvery, type AttendanceView } from "./attendanceView";
import "./attendance.css";
import { QuorumNote } from "./QuorumNote";
import { TimeScale } from "./TimelineBar";
import { frame } from "./timeline";

/** Attendance shows who was in a meeting, when, and whether the required seats were together. It stays live while the meeting runs. */
export function Attendance({ conference }: { conference: string }) {
  const { t } = useTranslation("report");
  const { now } = useClock();
  const heading = useId();
  const query = useQuery({
    ...attendanceQuery(conference),
    refetchInterval: (q) => refreshEvery(q.state.data, now),
  });
  return (
    <section className="attendance" aria-labelledby={heading}>
      <div className="row-apart">
        <h2 id={heading}>{t("title")}</h2>
        {query.data && query.data.attended.some((p) => p.seconds > 0) ? <Csv view={query.data} /> : null}
      </div>
      {query.isPending ? <Skeleton label={t("loading")} lines={4} /> : null}
      {query.isError ? <ProblemNote problem={asProblem(query.error)} onRetry={() => { void query.refetch(); }} /> : null}
      {query.data ? <Report view={query.data} /> : null}
    </section>
  );
}

/** Csv fetches the table with the session's cookie, which a plain link would do too, but not say when it fails. */
function Csv({ view }: { view: AttendanceView }) {
  const { t } = useTranslation("report");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const download = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const address = URL.createObjectURL(await attendanceCsv(view.conference));
      const link = document.createElement("a");
      link.href = address;
      link.download = `attendance-${view.meeting_code}.csv`;
      link.click();
      // The browser reads the address after the click has returned.
      setTimeout(() => { URL.revokeObjectURL(address); }, 60_000);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stack-s no-print">
      <Button busy={busy} onPress={() => { void download(); }}><Download aria-hidden />{t("csv")}</Button>
      {problem ? <ProblemNote problem={problem} /> : null}
    </div>
  );
}

function Report({ view }: { view: AttendanceView }) {
  const { t } = useTranslation("report");
  const words = useWords("common");
  const meeting = useQuery({
    queryKey: keys.conference(view.conference),
    queryFn: () => answer(api.GET("/v1/conferences/{id}", { params: { path: { id: view.conference } } })),
    enabled: view.missing_seats.length > 0,
  });
  const came = view.attended.filter((p) => p.seconds > 0 || p.present);
  const absent = view.attended.filter((p) => p.seconds === 0 && !p.present);
  if (came.length === 0) {
    return <p className="quiet">{view.running ? t("nobody_yet") : t("nobody")}</p>;
  }
  const shown = frame({ start: view.planned_start, end: view.planned_end }, came.flatMap((p) => p.intervals));
  const missing = view.missing_seats.map((seat) => {
    const person = meeting.data?.participants?.find((p) => p.seat === seat);
    return person ? { key: seat, name: person.name, role: words("role", person.role ?? person.guest ?? "") } : { key: seat, name: "", role: "" };
  });
  return (
    <div className="stack">
      {view.attended.some((p) => p.need === "required") ? <QuorumNote view={view} missing={missing} /> : null}
      <div className="attendance-table">
        <div className="attendance-scale"><TimeScale within={shown} /></div>
        <ul className="attendance-list">
          {came.map((p) => <AttendanceRow key={p.key} person={p} within={shown} together={view.together} />)}
        </ul>
      </div>
      {absent.length > 0 ? (
        <div className="stack-s">
          <h3>{t("absent")}</h3>
          <ul className="attendance-absent">
            {absent.map((p) => (
              <li key={p.key}>
                {p.name}<span className="quiet">{[words("role", p.role ?? p.guest ?? ""), p.org].filter(Boolean).map((part) => ` · ${part}`)}</span>
                {p.lobby_seconds > 0 ? <span className="quiet"> · {t("waited", { count: Math.max(1, Math.round(p.lobby_seconds / 60)) })}</span> : null}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {view.refused.length > 0 ? (
        <div className="stack-s">
          <h3>{t("refused")}</h3>
          <ul className="attendance-absent">
            {view.refused.map((p) => <li key={`${p.key}-${p.at.getTime()}`}>{p.name} <span className="quiet"><Time at={p.at} as="clock" /></span></li>)}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
