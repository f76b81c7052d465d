import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Badge } from "../ui/FlagMark";
import { Age } from "./Cast";
import type { FindRequest } from "./finder";
import { isDeputy, roleOf, staffSeats, type CaseDetail, type Seat } from "./seats";
import { useSpeech } from "./useSpeech";
import { seatWord, upperFirst, type Speech } from "./wording";

/** Most people named for a seat; the grid has them all. */
const mostNamed = 4;

/** SeatsSought is whom the search looks for: each seat, who can fill it, who stands in, and how much is known of their time. */
export function SeatsSought({ detail, request }: { detail: CaseDetail; request: FindRequest }) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  const seats = staffSeats(detail.seats ?? []).filter((s) => (s.candidates ?? []).length > 0);
  const blank = [...new Set(seats.flatMap((s) => (s.candidates ?? []).map((p) => p.id)))].filter((id) => detail.people[id]?.calendar.state === "none");
  return (
    <details className="find-all">
      <summary>{t("sought_seats.title")}</summary>
      <ul className="sought">{seats.map((seat) => <Sought key={seat.id} seat={seat} needed={request.need.some((n) => n.id === seat.id)} speech={speech} />)}</ul>
      {blank.length > 0 ? (
        <p className="quiet small find-blank">{t("sought_seats.no_calendar")} <Link href="/feeds/hours">{t("sought_seats.paint")}</Link></p>
      ) : null}
    </details>
  );
}

function Sought({ seat, needed, speech }: { seat: Seat; needed: boolean; speech: Speech }) {
  const { t } = useTranslation("schedule");
  const people = seat.candidates ?? [];
  const more = people.length - mostNamed;
  return (
    <li className="sought-seat">
      <p><strong>{upperFirst(seatWord(seat.id, speech))}</strong> <span className="quiet small">{t(needed ? "sought_seats.needed" : "sought_seats.wanted")}</span></p>
      <ul>
        {people.slice(0, mostNamed).map(({ id, name }) => {
          const held = roleOf(seat, speech.detail.people[id]);
          const calendar = speech.detail.people[id]?.calendar;
          return (
            <li key={id} className="cast-member">
              <span className="cast-who">{name}{held && isDeputy(held.role) ? <> <Badge tone="accent">{speech.word("role", held.role)}</Badge></> : null}</span>
              {calendar ? <Age calendar={calendar} speech={speech} /> : null}
            </li>
          );
        })}
        {more > 0 ? <li className="quiet small">{t("grid.more", { count: more })}</li> : null}
      </ul>
    </li>
  );
}
