import { useTranslation } from "react-i18next";
import { Badge, FlagMark } from "../ui/FlagMark";
import { Checkbox, Select, type Option } from "../ui/fields";
import { choices, withPerson, type Draft } from "./draft";
import { staffSeats, type Seat } from "./seats";
import type { Standings } from "./standing";
import { nameOf, roleWords, seatWord, upperFirst, whyWords, type Speech } from "./wording";

type SeatRowsProps = {
  seats: readonly Seat[];
  draft: Draft;
  /** undefined: not known yet, or not at all. */
  standings: Standings | undefined;
  start: string;
  speech: Speech;
  onChange: (draft: Draft) => void;
};

/** SeatRows is the cast in the dialog: those who must be there, and those who can come too. */
export function SeatRows({ seats, ...rest }: SeatRowsProps) {
  const { t } = useTranslation("schedule");
  const staff = staffSeats(seats);
  const needed = staff.filter((s) => s.need === "required" && rest.draft.cast[s.id]);
  const others = staff.filter((s) => !needed.includes(s));
  return (
    <>
      {needed.length > 0 ? (
        <section className="stack-s" aria-labelledby="book-needed">
          <h3 id="book-needed">{t("dialog.who")}</h3>
          <ul className="book-seats">{needed.map((seat) => <NeededSeat key={seat.id} seat={seat} {...rest} />)}</ul>
        </section>
      ) : null}
      {others.length > 0 ? (
        <section className="stack-s" aria-labelledby="book-others">
          <h3 id="book-others">{t("dialog.optional")}</h3>
          <ul className="book-seats">{others.map((seat) => <OptionalSeat key={seat.id} seat={seat} {...rest} />)}</ul>
        </section>
      ) : null}
    </>
  );
}

type RowProps = Omit<SeatRowsProps, "seats"> & { seat: Seat };

/** NeededSeat always has somebody: whoever sits there leaves it only to another. */
function NeededSeat({ seat, draft, standings, start, speech, onChange }: RowProps) {
  const person = draft.cast[seat.id] ?? "";
  const { role, deputy } = roleWords(seat.id, person, speech);
  const options = optionsOf(seat, draft, standings, start, speech);
  const label = upperFirst(seatWord(seat.id, speech));
  const other = upperFirst(role) !== label;
  return (
    <li className="book-seat">
      <div className="book-row">
        <span aria-hidden={options.length > 1}>{label}</span>
        {options.length > 1
          ? <Select label={label} labelHidden options={options} value={person} onChange={(id) => { onChange(withPerson(draft, seat.id, id)); }} />
          : <span className="book-name">{nameOf(person, speech)}</span>}
        {other ? <p className="book-note small">{deputy ? <Badge tone="accent">{role}</Badge> : <span className="quiet">{role}</span>}</p> : null}
      </div>
      <Doubt person={person} standings={standings} start={start} speech={speech} />
    </li>
  );
}

/** OptionalSeat is ticked when somebody comes. A required seat that the search left out stands here too. */
function OptionalSeat({ seat, draft, standings, start, speech, onChange }: RowProps) {
  const { t } = useTranslation("schedule");
  const person = draft.cast[seat.id];
  const options = optionsOf(seat, draft, standings, start, speech);
  const [first] = options;
  const label = upperFirst(seatWord(seat.id, speech));
  const leftOut = seat.need === "required" ? <> <Badge tone="amber" mark>{t("dialog.left_out")}</Badge></> : null;
  if (!first) return <li className="book-seat"><p className="quiet">{label}{leftOut}</p><Absent seat={seat} standings={standings} start={start} speech={speech} /></li>;
  const shown = person ?? first.id;
  return (
    <li className="book-seat">
      <div className={person && options.length > 1 ? "book-row" : ""}>
        <Checkbox isSelected={person !== undefined} onChange={(on) => { onChange(withPerson(draft, seat.id, on ? first.id : null)); }}>
          {label}{options.length === 1 ? <span className="quiet"> · {nameOf(shown, speech)}</span> : null}{leftOut}
        </Checkbox>
        {person && options.length > 1
          ? <Select label={t("dialog.seat", { seat: label })} labelHidden options={options} value={person} onChange={(id) => { onChange(withPerson(draft, seat.id, id)); }} />
          : null}
      </div>
      <Doubt person={shown} standings={standings} start={start} speech={speech} />
    </li>
  );
}

function optionsOf(seat: Seat, draft: Draft, standings: Standings | undefined, start: string, speech: Speech): Option[] {
  return choices(seat, draft, standings).map((id) => {
    const { role, unit } = roleWords(seat.id, id, speech);
    const standing = standings?.get(id);
    const doubt = standing?.kind === "doubtful" ? whyWords(standing, start, speech) : "";
    return { id, label: nameOf(id, speech), detail: [role, unit, doubt].filter(Boolean).join(" · ") };
  });
}

/** Doubt says what speaks against a person at this time, with a shape and a word. */
function Doubt({ person, standings, start, speech }: { person: string; standings: Standings | undefined; start: string; speech: Speech }) {
  const { t } = useTranslation("schedule");
  const standing = standings?.get(person);
  if (!standing || standing.kind === "can") return null;
  const level = standing.kind === "cannot" ? "red" : standing.why === "unknown" ? "grey" : "amber";
  return <p className="book-doubt small"><FlagMark level={level} /><span>{t("dialog.doubt", { name: nameOf(person, speech), why: whyWords(standing, start, speech) })}</span></p>;
}

/** Absent says why nobody can fill a seat. */
function Absent({ seat, standings, start, speech }: { seat: Seat; standings: Standings | undefined; start: string; speech: Speech }) {
  const { t } = useTranslation("schedule");
  const candidates = seat.candidates ?? [];
  const [only] = candidates;
  const standing = only ? standings?.get(only.id) : undefined;
  if (!standings) return <p className="quiet small">{t("dialog.checking")}</p>;
  if (only && candidates.length === 1 && standing && standing.kind !== "can") {
    return <p className="quiet small">{t("dialog.only", { name: only.name, why: whyWords(standing, start, speech) })}</p>;
  }
  return <p className="quiet small">{t("dialog.nobody")}</p>;
}
