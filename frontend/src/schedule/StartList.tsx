import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../i18n/words";
import { Button } from "../ui/Button";
import { useClock } from "../ui/clock";
import { clock, fullTime } from "../ui/time";
import { dayWords } from "../ui/Time";
import { startsByDay, type DayOfStarts } from "./days";

/** Days shown at first, and with each further press. */
const daysAtOnce = 3;

type StartListProps = { starts: readonly string[]; onPick: ((start: string) => void) | null };

/** StartList is every start that would do, day by day. */
export function StartList({ starts, onPick }: StartListProps) {
  const { t } = useTranslation("schedule");
  const common = useTranslation("common").t;
  const { now, zone } = useClock();
  const language = useLanguage();
  const [shown, setShown] = useState(daysAtOnce);
  const days = startsByDay(starts, zone);
  const further = Math.min(daysAtOnce, days.length - shown);
  if (days.length === 0) return <p className="quiet">{t("all.none")}</p>;
  return (
    <>
      {onPick ? <p className="quiet small">{t("all.hint")}</p> : null}
      {days.slice(0, shown).map((day) => <DayRow key={day.day} day={day} onPick={onPick} name={dayWords(new Date(day.starts[0] ?? now), now, zone, language, common)} />)}
      {further > 0 ? <div><Button variant="quiet" onPress={() => { setShown(shown + daysAtOnce); }}>{t("all.more", { count: further })}</Button></div> : null}
    </>
  );
}

function DayRow({ day, name, onPick }: { day: DayOfStarts; name: string; onPick: ((start: string) => void) | null }) {
  const { zone } = useClock();
  const language = useLanguage();
  return (
    <div className="stack-s">
      <h4 className="find-day">{name}</h4>
      <ul className="starts">
        {day.starts.map((start) => {
          const at = new Date(start);
          return (
            <li key={start}>
              {onPick
                ? <AriaButton className="start" onPress={() => { onPick(start); }} aria-label={fullTime(at, zone, language)}>{clock(at, zone)}</AriaButton>
                : <span className="start start-text">{clock(at, zone)}</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
