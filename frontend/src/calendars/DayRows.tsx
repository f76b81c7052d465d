import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { MinutesField } from "./clockFields";
import { freeStretch, right, weekdays, type Hours, type Stretch } from "./hours";
import { clockOf } from "./weeks";

export type DayRowsProps = {
  hours: Hours;
  /** Each digit as it is typed: the stretch may be wrong until it is done. */
  onWrite: (day: number, stretches: readonly Stretch[]) => void;
  /** A field was left: what is right now may be put in order. */
  onLeave: () => void;
};

/** DayRows is the week in words, to be written instead of drawn. */
export function DayRows({ hours, onWrite, onLeave }: DayRowsProps) {
  return <ul className="day-rows">{weekdays.map((_, day) => <DayRow key={day} day={day} stretches={hours[day] ?? []} onWrite={onWrite} onLeave={onLeave} />)}</ul>;
}

type DayRowProps = Omit<DayRowsProps, "hours"> & { day: number; stretches: readonly Stretch[] };

function DayRow({ day, stretches, onWrite, onLeave }: DayRowProps) {
  const { t } = useTranslation("calendars");
  const name = t(`day.${weekdays[day] ?? "Mon"}`);
  const free = freeStretch(stretches);
  const put = (at: number, stretch: Stretch) => { onWrite(day, stretches.map((s, i) => (i === at ? stretch : s))); };
  return (
    <li className="day-row">
      <span className="day-name first-upper">{name}</span>
      <div className="day-stretches">
        {stretches.length === 0 ? <span className="day-off quiet">{t("paint.off")}</span> : null}
        {stretches.map((s, i) => (
          <div key={i} className="day-stretch">
            <MinutesField label={t("paint.from", { day: name })} value={s.from} wrong={!right(s)} onChange={(from) => { put(i, { ...s, from }); }} onLeave={onLeave} />
            <span aria-hidden>–</span>
            <MinutesField label={t("paint.to", { day: name })} value={s.to} end wrong={!right(s)} onChange={(to) => { put(i, { ...s, to }); }} onLeave={onLeave} />
            <Button
              variant="quiet" icon aria-label={t("paint.remove", { day: name, from: right(s) ? clockOf(s.from) : "", to: right(s) ? clockOf(s.to) : "" })}
              onPress={() => { onWrite(day, stretches.filter((_, other) => other !== i)); }}
            ><X aria-hidden /></Button>
            {right(s) ? null : <p className="field-error day-wrong" role="alert">{t("paint.wrong")}</p>}
          </div>
        ))}
      </div>
      {free ? <Button variant="quiet" icon aria-label={t("paint.add_on", { day: name })} onPress={() => { onWrite(day, [...stretches, free]); }}><Plus aria-hidden /></Button> : null}
    </li>
  );
}
