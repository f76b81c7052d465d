import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/words";
import { byNeed, markOf, seatName, seatWord, type Seat, type SeatMark } from "./seats";

/** SeatIcon draws a seat's state: a filled disc, a half one, a ring, a cross, a bar. */
export function SeatIcon({ mark }: { mark: SeatMark }) {
  return (
    <svg className={`seat-icon seat-${mark}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden focusable="false">
      <circle cx="8" cy="8" r="6" />
      {mark === "half" ? <path d="M8 2a6 6 0 0 0 0 12z" /> : null}
      {mark === "filled" ? <path className="seat-cut" d="m5 8.200 2.100 2.100L11 6" /> : null}
      {mark === "declined" ? <path className="seat-line" d="m5.500 5.500 5 5m0-5-5 5" /> : null}
      {mark === "objected" ? <path className="seat-line" d="M4.500 11.500l7-7" /> : null}
    </svg>
  );
}

/** SeatMarks shows at a glance which roles have said yes. */
export function SeatMarks({ seats }: { seats: readonly Seat[] }) {
  const { t } = useTranslation("board");
  const word = useWords("common");
  const stated = useWords("board");
  const shown = byNeed(seats).filter((s) => s.need !== "informed");
  if (shown.length === 0) return null;
  return (
    <ul className="seat-marks" aria-label={t("seats")}>
      {shown.map((seat) => {
        const name = seatName(seat);
        const state = stated("seat", seatWord(seat));
        return (
          <li key={seat.id} className={`seat-mark seat-need-${seat.need}`} title={`${word(name.group, name.code)}: ${state}`}>
            <SeatIcon mark={markOf(seat)} />
            <span>{word(name.group, name.code)}</span>
            <span className="sr-only">, {state}</span>
          </li>
        );
      })}
    </ul>
  );
}
