import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../i18n/words";
import { useClock } from "../ui/clock";
import { Checkbox } from "../ui/fields";
import { clock, dayOf, minutesOfDay } from "../ui/time";
import { cellDay, longDay } from "./dayNames";
import type { Kind } from "./feeds";
import { weekdays } from "./hours";
import { useLength } from "./useLength";
import "./weeks.css";
import { allDay, bandOf, clockOf, marks, meanings, minutesIn, placeOf, weeksOf, type Band, type Block, type DayOfWeek, type Layers, type Meaning, type Span, type Week } from "./weeks";

export type WeeksProps = { window: Span; layers: Layers; kind: Kind; zone: string; read: boolean };

/** Weeks draws what a calendar says, a week a row. The same stands as a list for screen readers, on request, and where a picture would be too small. */
export function Weeks({ window, layers, kind, zone, read }: WeeksProps) {
  const { t } = useTranslation("calendars");
  const [asList, setAsList] = useState(false);
  const hatch = useId();
  const weeks = weeksOf(window, layers, zone);
  const band = bandOf(weeks);
  const empty = meanings.every((m) => layers[m].length === 0);
  const nothing = kind === "busy" ? t("weeks.none") : t(`weeks.none_${kind}`);
  return (
    <section className="stack-s" aria-labelledby="weeks">
      <h2 id="weeks">{t("weeks.title")}</h2>
      {empty ? <p>{read ? nothing : t("weeks.none_unread")}</p> : <Legend layers={layers} kind={kind} hatch={hatch} />}
      {empty ? null : <div className="weeks-choice"><Checkbox isSelected={asList} onChange={setAsList}>{t("weeks.as_list")}</Checkbox></div>}
      {empty ? null : (
        <div className={asList ? "weeks weeks-listed" : "weeks"}>
          <svg className="weeks-defs" aria-hidden focusable="false">
            <pattern id={hatch} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line className="weeks-hatch" x1="0" x2="0" y1="0" y2="7" /></pattern>
          </svg>
          <div className="week-picture weeks-heads" aria-hidden>
            <span />
            {weekdays.map((day) => <span key={day} className="first-upper">{t(`day_short.${day}`)}</span>)}
          </div>
          {weeks.map((week) => <WeekRow key={week.number} week={week} band={band} kind={kind} zone={zone} hatch={hatch} />)}
        </div>
      )}
    </section>
  );
}

/** useMeaning says what a block means: the events of a roster are duty, those of working hours are work. */
function useMeaning(kind: Kind): (meaning: Meaning) => string {
  const { t } = useTranslation("calendars");
  return (meaning) => (meaning === "duty" ? t(kind === "hours" ? "weeks.meaning.duty_hours" : "weeks.meaning.duty_duty") : t(`weeks.meaning.${meaning}`));
}

/** Legend names the colours and sums up at once, so that a wrong reading is seen before anything is looked for. */
function Legend({ layers, kind, hatch }: { layers: Layers; kind: Kind; hatch: string }) {
  const { t } = useTranslation("calendars");
  const name = useMeaning(kind);
  const length = useLength();
  const used = meanings.filter((m) => layers[m].length > 0);
  return (
    <ul className="weeks-legend" aria-label={t("weeks.legend")}>
      {used.map((m) => (
        <li key={m}>
          <svg className="weeks-swatch" aria-hidden focusable="false"><rect className={`week-${m}`} x="1" y="1" width="18" height="14" rx="3" fill={m === "unknown" ? `url(#${hatch})` : undefined} /></svg>
          {t("weeks.sum", { hours: length(minutesIn(layers[m])), meaning: name(m) })}
        </li>
      ))}
    </ul>
  );
}

type RowProps = { week: Week; band: Band; kind: Kind; zone: string; hatch: string };

function WeekRow(props: RowProps) {
  const { t } = useTranslation("calendars");
  const { week } = props;
  const language = useLanguage();
  const { now } = useClock();
  const today = dayOf(now, props.zone);
  const shifted = week.days.find((d) => d.inside && d.shift);
  return (
    <section className="week">
      <h3 className="week-name">{t("weeks.week", { number: week.number })}</h3>
      <div className="week-picture week-dates" aria-hidden>
        <span />
        {week.days.map((d) => <span key={d.day} className={d.day === today ? "week-today" : d.inside ? undefined : "week-other"}>{cellDay(d.day, language)}</span>)}
      </div>
      <WeekPicture {...props} />
      <WeekList {...props} />
      {shifted?.shift ? <p className="small quiet">{t(`weeks.${shifted.shift}`, { day: longDay(shifted.day, language) })}</p> : null}
    </section>
  );
}

const column = 100 / 7;

function WeekPicture({ week, band, zone, hatch }: RowProps) {
  const { now } = useClock();
  const today = week.days.findIndex((d) => d.day === dayOf(now, zone));
  const lines = marks(band);
  const height = (minutes: number) => `${((minutes - band.from) / (band.to - band.from)) * 100}%`;
  const minutes = minutesOfDay(now, zone);
  return (
    <div className="week-picture" aria-hidden>
      <svg className="week-hours" focusable="false">
        {lines.map((at) => <text key={at} x="100%" y={height(at)} textAnchor="end" dominantBaseline={at === band.from ? "hanging" : at === band.to ? "auto" : "middle"}>{clockOf(at).slice(0, 2)}</text>)}
      </svg>
      <svg className="week-days" focusable="false">
        {week.days.map((d, i) => <rect key={d.day} className={dayClass(d, i)} x={`${i * column}%`} y="0" width={`${column}%`} height="100%" />)}
        {lines.map((at) => <line key={at} className="week-line" x1="0" x2="100%" y1={height(at)} y2={height(at)} />)}
        {week.days.map((d, i) => (i > 0 ? <line key={d.day} className="week-line" x1={`${i * column}%`} x2={`${i * column}%`} y1="0" y2="100%" /> : null))}
        {week.days.flatMap((d, i) => d.blocks.map((block) => <Drawn key={`${block.meaning}${block.start.toISOString()}`} block={block} at={i} band={band} hatch={hatch} said={!wholly(week.days[i - 1])} />))}
        {today >= 0 && minutes >= band.from && minutes <= band.to ? <line className="week-now" x1={`${today * column}%`} x2={`${(today + 1) * column}%`} y1={height(minutes)} y2={height(minutes)} /> : null}
      </svg>
    </div>
  );
}

function dayClass(day: DayOfWeek, at: number): string {
  if (!day.inside) return "week-ground week-outside";
  return at > 4 ? "week-ground week-weekend" : "week-ground";
}

/** wholly: a word for every day of a row that nothing is known of would be noise. */
function wholly(day: DayOfWeek | undefined): boolean {
  return day?.blocks.some((b) => b.meaning === "unknown" && allDay(b)) ?? false;
}

/** The gap between blocks of neighbouring days, in percent of the row. */
const gap = 0.35;

function Drawn({ block, at, band, hatch, said }: { block: Block; at: number; band: Band; hatch: string; said: boolean }) {
  const { t } = useTranslation("calendars");
  const place = placeOf(block, at, band);
  const { meaning } = block;
  if (!place) return null;
  const roomy = place.height > 25;
  return (
    <>
      <rect
        className={`week-${meaning}`} x={`${place.x + gap}%`} y={`${place.y}%`} width={`${place.width - 2 * gap}%`} height={`${place.height}%`} rx="3"
        fill={meaning === "unknown" ? `url(#${hatch})` : undefined}
      />
      {meaning === "unknown" && roomy && said ? <text className="week-word" x={`${place.x + 2 * gap}%`} y={`${place.y + place.height / 2}%`} dominantBaseline="middle">{t("weeks.unknown_short")}</text> : null}
    </>
  );
}

function WeekList({ week, kind, zone }: RowProps) {
  const { t } = useTranslation("calendars");
  const name = useMeaning(kind);
  const language = useLanguage();
  const days = week.days.filter((d) => d.blocks.length > 0);
  const span = (b: Block) => (allDay(b) ? t("weeks.all_day") : `${clock(b.start, zone)}–${b.to === 1440 ? "24:00" : clock(b.end, zone)}`);
  return (
    <ul className="week-list">
      {days.length === 0 ? <li className="quiet">{t("weeks.empty")}</li> : null}
      {days.map((d) => (
        <li key={d.day}>
          <span className="week-day first-upper">{longDay(d.day, language)}</span>
          <ul>
            {[...d.blocks].sort((a, b) => a.start.getTime() - b.start.getTime()).map((b) => <li key={`${b.meaning}${b.start.toISOString()}`}>{span(b)} {name(b.meaning)}</li>)}
          </ul>
        </li>
      ))}
    </ul>
  );
}
