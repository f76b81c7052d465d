import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Badge, FlagMark } from "../ui/FlagMark";
import type { Suggestion } from "./finder";
import { calendarText, calendarWords, inOrder, nameOf, roleWords, seatOf, seatWord, standsIn, upperFirst, type Speech } from "./wording";

type CastProps = { suggestion: Suggestion; freshness: Readonly<Record<string, string>>; speech: Speech };

/** Cast lists who comes in a suggestion: role, name, how old the calendar is. */
export function Cast({ suggestion, freshness, speech }: CastProps) {
  const { t } = useTranslation("schedule");
  return (
    <ul className="cast" aria-label={t("cast")}>
      {inOrder(Object.keys(suggestion.cast), speech).flatMap((seat) => (suggestion.cast[seat] ?? []).map((person) => (
        <Member key={`${seat} ${person}`} seat={seat} person={person} suggestion={suggestion} freshness={freshness} speech={speech} />
      )))}
      {inOrder(suggestion.want_met, speech).map((want) => <Wanted key={want} seat={want} freshness={freshness} speech={speech} />)}
    </ul>
  );
}

function Member({ seat, person, suggestion, freshness, speech }: CastProps & { seat: string; person: string }) {
  const { t } = useTranslation("schedule");
  const { role, deputy } = roleWords(seat, person, speech);
  const uncertain = suggestion.unknown.includes(person);
  const substitute = !deputy && standsIn(seat, person, suggestion, speech);
  return (
    <li className="cast-member">
      <span className="cast-who">
        <span>{nameOf(person, speech)}</span> {deputy ? <Badge tone="accent">{role}</Badge> : <span className="quiet small">{role}</span>}
        {substitute ? <> <Badge tone="accent">{t("deputy")}</Badge></> : null}
      </span>
      <Age text={freshness[person]} uncertain={uncertain} speech={speech} />
    </li>
  );
}

/** Wanted is an optional seat that can be filled: by whom is decided when the meeting is booked, unless there is only one. */
function Wanted({ seat, freshness, speech }: { seat: string; freshness: Readonly<Record<string, string>>; speech: Speech }) {
  const { t } = useTranslation("schedule");
  const candidates = seatOf(seat, speech)?.candidates ?? [];
  const [only] = candidates;
  const one = only && candidates.length === 1;
  return (
    <li className="cast-member">
      <span className="cast-who">
        <span>{one ? only.name : upperFirst(seatWord(seat, speech))}</span>{" "}
        <span className="quiet small">{one ? `${seatWord(seat, speech)}, ${t("optional")}` : `${t("one_of", { count: candidates.length })}, ${t("optional")}`}</span>
      </span>
      {one ? <Age text={freshness[only.id]} speech={speech} /> : null}
    </li>
  );
}

type AgeProps = { speech: Speech; uncertain?: boolean } & ({ text: string | undefined; calendar?: never } | { calendar: Schemas["CalendarState"]; text?: never });

/** Age is how old a calendar is, from the finder's text or from a person's own state. What is not known has a mark and a word, and says why. */
export function Age({ text, calendar, uncertain = false, speech }: AgeProps) {
  const words = calendar ? calendarText(calendar, speech) : calendarWords(text, speech);
  const unsure = uncertain || !words.sure;
  return (
    <span className={unsure ? "cast-age cast-unsure small" : "cast-age quiet small"} title={words.long}>
      {unsure ? <FlagMark level="grey" /> : null}
      <span aria-hidden>{words.short}</span>
      <span className="sr-only">{words.long}</span>
    </span>
  );
}
