import type { CalendarDate } from "@internationalized/date";
import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../i18n/words";
import { Button } from "../ui/Button";
import { DayField } from "./clockFields";
import { datedDay } from "./dayNames";
import { daysOffLimit, withDaysOff, type DaysAway } from "./hours";

/** The server takes at most a year at once. */
const longest = 366;

/** DaysOff are the days on which the weekly hours do not hold: a holiday, a course. */
export function DaysOff({ days, onChange }: { days: readonly DaysAway[]; onChange: (days: DaysAway[]) => void }) {
  const { t } = useTranslation("calendars");
  const language = useLanguage();
  const [first, setFirst] = useState<CalendarDate | null>(null);
  const [last, setLast] = useState<CalendarDate | null>(null);
  const wrong = first !== null && last !== null && (last.compare(first) < 0 || last.compare(first) > longest);
  const words = (d: DaysAway) => (d.first === d.last ? datedDay(d.first, language) : t("paint.day_span", { first: datedDay(d.first, language), last: datedDay(d.last, language) }));
  const add = () => {
    if (!first || wrong) return;
    onChange(withDaysOff(days, { first: first.toString(), last: (last ?? first).toString() }));
    setFirst(null);
    setLast(null);
  };
  return (
    <section className="stack-s" aria-labelledby="days-off">
      <h2 id="days-off">{t("paint.days_off")}</h2>
      <p className="quiet">{t("paint.days_off_text")}</p>
      {days.length > 0 ? (
        <ul className="days-off">
          {days.map((d) => (
            <li key={d.first} className="row-apart">
              <span className="first-upper">{words(d)}</span>
              <Button variant="quiet" icon aria-label={t("paint.day_remove", { first: datedDay(d.first, language), last: datedDay(d.last, language) })} onPress={() => { onChange(days.filter((other) => other !== d)); }}><X aria-hidden /></Button>
            </li>
          ))}
        </ul>
      ) : null}
      {days.length < daysOffLimit ? (
        <div className="days-off-new">
          <DayField label={t("paint.day_first")} value={first} onChange={setFirst} />
          <DayField label={t("paint.day_last")} value={last} onChange={setLast} error={wrong ? t("paint.day_wrong") : undefined} />
          <Button isDisabled={!first || wrong} onPress={add}>{t("paint.day_add")}</Button>
        </div>
      ) : null}
    </section>
  );
}
