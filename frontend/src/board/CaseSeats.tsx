import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useWords } from "../i18n/words";
import { useAnnounce } from "../ui/Announcer";
import { ProblemNote } from "../ui/ProblemNote";
import { Badge } from "../ui/FlagMark";
import { More } from "../ui/More";
import { Card } from "../ui/surfaces";
import { usePatch, type CaseDetail } from "./queries";
import { byNeed, markOf, seatName, seatWord, type Seat } from "./seats";
import { SeatIcon } from "./SeatMarks";

/** CaseSeats lists who should be in the meeting, who could be, and whom the patient refuses. */
export function CaseSeats({ detail, mayEdit }: { detail: CaseDetail; mayEdit: boolean }) {
  const { t } = useTranslation("board");
  const announce = useAnnounce();
  const patch = usePatch(detail.id);
  const seats = detail.seats ?? [];
  const object = (seat: Seat, refused: boolean) => {
    const objected = seats.filter((s) => (s.id === seat.id ? refused : s.objected)).map((s) => s.id);
    patch.mutate({ patch: { objected }, revision: detail.revision }, { onSuccess: () => { announce(t("announce.saved")); } });
  };
  return (
    <Card labelledBy="seats">
      <h2 id="seats">{t("seats")}</h2>
      <p className="quiet small">{t("case.seats_hint")}</p>
      <ul className="seats">
        {byNeed(seats).map((seat) => (
          <SeatRow key={seat.id} seat={seat} onObject={mayEdit && seat.need !== "required" ? (refused) => { object(seat, refused); } : null} busy={patch.isPending} />
        ))}
      </ul>
      {patch.isError ? <ProblemNote problem={asProblem(patch.error)} /> : null}
    </Card>
  );
}

function SeatRow({ seat, onObject, busy }: { seat: Seat; onObject: ((refused: boolean) => void) | null; busy: boolean }) {
  const { t } = useTranslation("board");
  const word = useWords("common");
  const stated = useWords("board");
  const name = seatName(seat);
  const unit = seat.role_units?.[0];
  return (
    <li className={`seat${seat.objected ? " seat-refused" : ""}`}>
      <SeatIcon mark={markOf(seat)} />
      <div className="seat-text">
        <div>
          <strong className="first-upper">{word(name.group, name.code)}</strong>{" "}
          <span className="quiet small">{unit ? `${unit.name} · ` : ""}{stated("need", seat.need)}</span>
        </div>
        <div className="small">
          {seat.person ? <>{seat.person.name} <Badge tone={seat.state === "accepted" ? "ok" : seat.state === "declined" ? "red" : "grey"}>{stated("seat", seatWord(seat))}</Badge></> : <Candidates seat={seat} />}
        </div>
      </div>
      {onObject ? (
        <More
          label={t("case.more_for", { seat: word(name.group, name.code) })} disabled={busy}
          items={[{ id: "object", label: seat.objected ? t("case.unobject") : t("case.object"), run: () => { onObject(!seat.objected); } }]}
        />
      ) : null}
    </li>
  );
}

function Candidates({ seat }: { seat: Seat }) {
  const { t } = useTranslation("board");
  if (seat.objected) return <span className="quiet">{t("case.objected")}</span>;
  if (seat.guest) return <span className="quiet">{t("seat.open")}</span>;
  const names = (seat.candidates ?? []).map((p) => p.name);
  if (names.length === 0) return <span className="quiet">{t("case.nobody")}</span>;
  const first = names.slice(0, 3).join(", ");
  return <span className="quiet">{names.length > 3 ? t("case.candidates_more", { names: first, count: names.length - 3 }) : t("case.candidates", { names: first })}</span>;
}
