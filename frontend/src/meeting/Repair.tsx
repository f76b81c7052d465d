import { useQuery } from "@tanstack/react-query";
import { CalendarClock, UserPlus } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/words";
import { Button, ButtonLink } from "../ui/Button";
import { FlagMark } from "../ui/FlagMark";
import { Banner, Card } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { repairQuery } from "./queries";
import { unhindered, type Move, type RepairView } from "./repair";
import { lost, type Meeting, type Participant } from "./standing";
import { changeable, useMoves, useWhy } from "./useRepair";

/** Most people and times offered beside the empty seat; the dialogs have them all. */
const mostOffered = 3;

type RepairProps = {
  meeting: Meeting;
  /** Somebody came for this: it takes the focus. */
  wanted: boolean;
  onMove: (to: Move | null) => void;
  onSwap: (out: Participant, to: string | null) => void;
};

/** Repair shows seats whose people will not come, and what mends it: somebody else at the same time, or another time. */
export function Repair({ meeting, wanted, onMove, onSwap }: RepairProps) {
  const mine = changeable(meeting);
  const repair = useQuery({ ...repairQuery(meeting.id), enabled: mine });
  const seats = repair.data?.seats ?? [];
  if (!mine || (repair.isError && seats.length === 0)) return <Missing meeting={meeting} />;
  return seats.length > 0 ? <Empty meeting={meeting} seats={seats} wanted={wanted} onMove={onMove} onSwap={onSwap} /> : null;
}

type EmptyProps = RepairProps & { seats: NonNullable<RepairView["seats"]> };

function Empty({ meeting, seats, wanted, onMove, onSwap }: EmptyProps) {
  const { t } = useTranslation("call");
  const heading = useRef<HTMLHeadingElement>(null);
  const { moves } = useMoves(meeting, false);
  useEffect(() => {
    if (!wanted) return;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "start" });
  }, [wanted]);
  return (
    <Card labelledBy="repair" className="repair stack">
      <h2 id="repair" ref={heading} tabIndex={-1}>{t("repair.title", { count: seats.length })}</h2>
      <ul className="stack">
        {seats.map((seat) => {
          const out = meeting.participants?.find((p) => p.key === seat.participant);
          return out ? <EmptySeat key={seat.participant} out={out} seat={seat} onSwap={onSwap} /> : null;
        })}
      </ul>
      <div className="stack-s">
        <h3>{t("repair.other_time")}</h3>
        <div className="row">
          {moves.slice(0, mostOffered).map((m) => <Button key={m.start} onPress={() => { onMove(m); }}><Time at={m.start} until={m.end} as="day" /></Button>)}
          <Button variant="quiet" onPress={() => { onMove(null); }}><CalendarClock aria-hidden />{t(moves.length > 0 ? "repair.more_times" : "repair.look")}</Button>
        </div>
      </div>
    </Card>
  );
}

function EmptySeat({ out, seat, onSwap }: { out: Participant; seat: EmptyProps["seats"][number]; onSwap: RepairProps["onSwap"] }) {
  const { t } = useTranslation("call");
  const word = useWords("common");
  const why = useWhy();
  const able = (seat.deputies ?? []).filter((d) => d.can);
  const unable = (seat.deputies ?? []).filter((d) => !d.can);
  return (
    <li className="stack-s">
      <p className="repair-seat">
        <FlagMark level={out.need === "required" ? "red" : "amber"} />
        <span>{t(`repair.${seat.why}`, { name: out.name, role: out.role ? word("role", out.role) : "" })}</span>
      </p>
      {able.length > 0 ? (
        <div className="row">
          {able.slice(0, mostOffered).map((d) => <Button key={d.person.id} onPress={() => { onSwap(out, d.person.id); }}><UserPlus aria-hidden />{t("repair.ask", { name: d.person.name })}</Button>)}
          {able.length > mostOffered ? <Button variant="quiet" onPress={() => { onSwap(out, null); }}>{t("repair.more_people", { count: able.length - mostOffered })}</Button> : null}
        </div>
      ) : null}
      {able.length > 0 ? (
        able.slice(0, mostOffered).filter((d) => !unhindered.has(d.why)).map((d) => <p key={d.person.id} className="quiet small">{d.person.name} {why(d)}.</p>)
      ) : (
        <p className="quiet small">{t("repair.nobody")} {unable.slice(0, mostOffered).map((d) => `${d.person.name} ${why(d)}.`).join(" ")}</p>
      )}
    </li>
  );
}

/** Missing says the same to those who cannot mend it, and while what would is not known. */
function Missing({ meeting }: { meeting: Meeting }) {
  const { t } = useTranslation("call");
  const gone = lost(meeting.participants ?? []);
  if (meeting.state !== "booked" || gone.length === 0) return null;
  return (
    <Banner tone="amber" action={meeting.case ? <ButtonLink href={`/cases/${meeting.case.id}?find=1`}>{t("meeting.find_other")}</ButtonLink> : null}>
      {t("meeting.lost", { names: gone.map((p) => p.name).join(", "), count: gone.length })}
    </Banner>
  );
}
