import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { clock } from "../ui/time";
import { dayWords } from "../ui/Time";
import { gridHours, type GridDay } from "./grid";
import type { Speech } from "./wording";

type GridHeadProps = { children: ReactNode; days: readonly GridDay[]; speech: Speech; looked: number | null; /** Columns that a meeting takes. */ long: number };

/** GridHead names days, hours and starts; children are the row of starts, which stays in sight with them. The stretch of a meeting that begins where somebody looks is marked. */
export function GridHead({ children, days, speech, looked, long }: GridHeadProps) {
  const { t } = useTranslation("schedule");
  const common = useTranslation("common").t;
  const { now, zone, language } = speech;
  const columns = days.flatMap((d) => d.columns.map((at) => ({ at, day: d })));
  const hourOf = (at: number) => clock(new Date(at), zone).slice(0, 2);
  const name = (day: GridDay) => dayWords(new Date(day.columns[0] ?? 0), now, zone, language, common);
  return (
    <thead>
      <tr>
        <td className="grid-corner" />
        {days.map((day) => <th key={day.day} scope="colgroup" colSpan={day.columns.length} className="grid-day grid-first"><span className="grid-day-name">{name(day)}</span></th>)}
      </tr>
      <tr>
        <td className="grid-corner" />
        {days.flatMap((day) => gridHours(day.columns, hourOf).map((h, i) => (
          <th key={h.first} scope="colgroup" colSpan={h.count} className={`grid-hour${i === 0 ? " grid-first" : ""}`}>{h.hour}</th>
        )))}
      </tr>
      <tr>
        <th scope="col" className="grid-corner"><span className="sr-only">{t("grid.who")}</span></th>
        {columns.map(({ at, day }, i) => {
          const time = clock(new Date(at), zone);
          const within = looked !== null && i >= looked && i < looked + long && columns[looked]?.day === day;
          return (
            <th key={at} scope="col" className={`grid-minute${within ? " grid-within" : ""}${day.columns[0] === at ? " grid-first" : ""}`}>
              <span aria-hidden>{time.slice(3)}</span><span className="sr-only">{time}</span>
            </th>
          );
        })}
      </tr>
      {children}
    </thead>
  );
}
