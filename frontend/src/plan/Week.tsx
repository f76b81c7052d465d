import { useTranslation } from "react-i18next";
import { Badge, FlagMark } from "../ui/FlagMark";
import { fullTime, type Day } from "../ui/time";
import type { Roster } from "./faults";
import { useSpeech } from "./useSpeech";
import { weekOf, type Row } from "./week";
import { dayHead, levelWords, spanWords } from "./wording";

/** Week is the plan of the next seven days as it comes out, day by day: who, when, and what was changed. */
export function Week({ roster }: { roster: Roster }) {
  const { t } = useTranslation("plan");
  const speech = useSpeech();
  return (
    <ol className="week" aria-label={t("week.title")}>
      {weekOf(roster, speech.zone).map(({ day, rows }) => (
        <li key={day} className="week-day">
          <h4>{dayHead(day, speech)}</h4>
          {rows.length === 0 ? <p className="quiet">{t("week.none")}</p> : <ul className="week-rows">{rows.map((row) => <Line key={`${row.start}-${row.kind === "shift" ? row.person + row.layer : ""}`} row={row} day={day} />)}</ul>}
        </li>
      ))}
    </ol>
  );
}

function Line({ row, day }: { row: Row; day: Day }) {
  const { t } = useTranslation("plan");
  const speech = useSpeech();
  const full = [row.start, row.end].map((at) => fullTime(new Date(at), speech.zone, speech.language)).join(" – ");
  const level = row.kind === "shift" ? levelWords(row.level, speech) : "";
  return (
    <li className={row.kind === "gap" ? "week-row week-gap" : "week-row"}>
      <span className="week-time" title={full}>{spanWords(row, day, speech)}</span>
      {row.kind === "gap" ? <span className="week-who"><FlagMark level="amber" />{t("week.gap")}</span> : (
        <span className="week-who">
          {row.name}
          {level ? <span className="quiet">{level}</span> : null}
          {row.layer === "base" ? null : <Badge tone="accent">{t(`week.${row.layer}`)}</Badge>}
        </span>
      )}
    </li>
  );
}
