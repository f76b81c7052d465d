import { ArrowRight, CalendarCheck, CalendarClock, Check, Hourglass } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { useClock } from "../ui/clock";
import { FlagMark } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { distanceWords, Time } from "../ui/Time";
import { EditDischarge } from "./EditDischarge";
import { FlagLine } from "./FlagLine";
import { linesOf, worst, type Card } from "./flags";
import { useAcknowledge, useTell } from "./queries";
import { SeatMarks } from "./SeatMarks";

/** CaseCard is one discharge on the board: what, when, why to worry, who is coming. */
export function CaseCard({ card }: { card: Card }) {
  const { t } = useTranslation("board");
  const deeds = useDeeds(card.id);
  const [editing, setEditing] = useState(false);
  const lines = linesOf(card);
  const level = worst(card.flags ?? []);
  const heading = `case-${card.id}`;
  return (
    <article className={`case-card edge-${level}`} aria-labelledby={heading}>
      <header className="case-head">
        <h3 id={heading} className="case-name">
          <Link href={`/cases/${card.id}`}>
            <span className="case-code" data-testid="case-code">{card.code}</span>
            <span className="case-place"> {card.receiver.organization || card.municipality.name}</span>
          </Link>
          <span className="case-destination quiet">{t(`destination.${card.destination as "home"}`)}, {card.receiver.name}</span>
        </h3>
        <div className="case-when">
          <span className="case-time"><Time at={card.discharge} as="clock" /></span>
          <span className="quiet small"><Time at={card.discharge} as="since" />{card.certainty === "high" ? null : <>, {t(`certainty.${card.certainty as "low"}`)}</>}</span>
        </div>
      </header>
      {lines.length > 0 ? (
        <ul className="flags">
          {lines.map((line, i) => (
            <FlagLine
              key={`${line.flag.code}${i}`} line={line} told={Boolean(card.told)} busy={deeds.busy}
              onDeed={(kind) => { if (kind === "edit_discharge") setEditing(true); else deeds.run(kind); }}
            />
          ))}
        </ul>
      ) : <p className="case-calm"><FlagMark level="ok" /> {t("level.ok")}</p>}
      {deeds.problem ? <ProblemNote problem={deeds.problem} /> : null}
      <footer className="case-foot">
        <NoticeLine card={card} />
        <MeetingLine card={card} />
        <SeatMarks seats={card.seats ?? []} />
        <CalendarAge minutes={card.calendar_age_minutes} />
      </footer>
      {editing ? <EditDischarge card={card} onClose={() => { setEditing(false); }} /> : null}
    </article>
  );
}

/** useDeeds runs the two deeds that a board line can do at once, and says aloud what came of them. */
export function useDeeds(id: string) {
  const { t } = useTranslation("board");
  const announce = useAnnounce();
  const acknowledge = useAcknowledge();
  const tell = useTell();
  const error = acknowledge.error ?? tell.error;
  return {
    run: (kind: "acknowledge" | "tell") => {
      if (kind === "acknowledge") acknowledge.mutate(id, { onSuccess: () => { announce(t("announce.acknowledged")); } });
      else tell.mutate(id, { onSuccess: () => { announce(t("announce.told")); } });
    },
    busy: acknowledge.isPending ? "acknowledge" : tell.isPending ? "tell" : null,
    problem: error ? asProblem(error) : null,
  };
}

function Fact({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return <p className="fact small">{icon}<span>{children}</span></p>;
}

/** NoticeLine says whether the receiver knows: told is not yet known, acknowledged is. */
export function NoticeLine({ card }: { card: Pick<Card, "told" | "acknowledged" | "receiver"> }) {
  const { t } = useTranslation("board");
  if (card.acknowledged) {
    return (
      <Fact icon={<Check aria-hidden className="fact-ok" />}>
        {t("acknowledged", { name: card.acknowledged.by.name })} (<Time at={card.acknowledged.at} as="since" />)
      </Fact>
    );
  }
  if (card.told) return <Fact icon={<Hourglass aria-hidden />}>{t("told", { name: card.told.by.name })} (<Time at={card.told.at} as="since" />). {t("told_waiting", { unit: card.receiver.name })}</Fact>;
  return null;
}

function MeetingLine({ card }: { card: Card }) {
  const { t } = useTranslation("board");
  const meeting = card.conference;
  if (!meeting) return null;
  const Icon = meeting.state === "ended" ? CalendarCheck : CalendarClock;
  return (
    <Fact icon={<Icon aria-hidden />}>
      <Link href={`/meetings/${meeting.id}`}>{t(`meeting.${meeting.state}`)} <Time at={meeting.start} until={meeting.end} as="day" /></Link>
      {meeting.state === "booked" ? <> · {t("meeting.replies", { yes: meeting.yes, no: meeting.no, silent: meeting.silent })}</> : null}
      <ArrowRight aria-hidden className="fact-arrow" />
    </Fact>
  );
}

function CalendarAge({ minutes }: { minutes: number | undefined }) {
  const { t } = useTranslation("board");
  const common = useTranslation("common");
  const { now } = useClock();
  if (minutes === undefined) return <p className="quiet small">{t("calendar.not_known")}</p>;
  const age = distanceWords(new Date(now.getTime() - minutes * 60_000), now, common.t);
  return <p className="quiet small">{t("calendar.age", { age })}</p>;
}
