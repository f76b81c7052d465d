import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { useWords } from "../i18n/words";
import { useClock } from "../ui/clock";
import { FlagMark, type Level } from "../ui/FlagMark";
import { distanceWords } from "../ui/Time";

type CalendarState = Schemas["CalendarState"];

/** levelOf: what cannot be read is not known, and what is not known is grey, never green. */
function levelOf(state: CalendarState["state"]): Level {
  switch (state) {
    case "fresh": return "ok";
    case "stale": return "amber";
    case "unknown":
    case "none": return "grey";
  }
}

/** useAge says how long ago a calendar was read. */
function useAge(calendar: CalendarState): string {
  const { t } = useTranslation("common");
  const { now } = useClock();
  return calendar.read_at ? distanceWords(new Date(calendar.read_at), now, t) : t("unknown");
}

/** CalendarLine says in one line what is known of somebody's time. */
export function CalendarLine({ calendar }: { calendar: CalendarState }) {
  const { t } = useTranslation("common");
  const word = useWords("common");
  const age = useAge(calendar);
  const values = { age, why: word("why", calendar.why || "never_read") };
  return <p className="calendar-line quiet small"><FlagMark level={levelOf(calendar.state)} />{t(`calendar.${calendar.state}`, values)}</p>;
}
