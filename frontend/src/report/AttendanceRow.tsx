import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/words";
import { useClock } from "../ui/clock";
import { Badge } from "../ui/FlagMark";
import { clock } from "../ui/time";
import type { Attended, Interval } from "./attendanceView";
import type { Span } from "./timeline";
import { TimelineBar } from "./TimelineBar";

/** AttendanceRow is one person: who, how long, from when to when in words, and the same as a bar. */
export function AttendanceRow({ person, within, together }: { person: Attended; within: Span; together: readonly Span[] }) {
  const { t } = useTranslation("report");
  const words = useWords("common");
  const role = person.guest ? words("guest", person.guest) : person.role ? words("role", person.role) : "";
  const last = person.intervals.at(-1);
  return (
    <li className="attendance-row">
      <div className="attendance-who">
        <span className="attendance-name">{person.name}</span>
        <span className="quiet small">{[role, person.org].filter(Boolean).join(" · ")}</span>
        {person.need === "required" ? <span className="small quiet">{t("required")}</span> : null}
      </div>
      <div className="attendance-when">
        <span>{person.seconds < 60 ? t("under_a_minute") : t("minutes", { count: person.minutes })}</span>
        {person.present ? <Badge tone="ok" mark>{t("present")}</Badge> : null}
        <span className="quiet small attendance-times">
          <Times intervals={person.intervals} present={person.present} />
        </span>
        {last && !last.media ? <span className="quiet small">{t("no_media")}</span> : null}
        {person.intervals.some((i) => i.start_source === "by_hand") ? <span className="quiet small">{t("by_hand")}</span> : null}
        {person.intervals.some((i) => i.end_source === "inferred_crash") ? <span className="quiet small">{t("crash")}</span> : null}
      </div>
      <TimelineBar within={within} spans={person.intervals} together={together} />
    </li>
  );
}

function Times({ intervals, present }: { intervals: readonly Interval[]; present: boolean }) {
  const { t } = useTranslation("report");
  const { zone } = useClock();
  return intervals.map((interval, i) => {
    const open = present && i === intervals.length - 1;
    return (
      <span key={interval.start.getTime()} className="attendance-time">
        {open ? t("since", { start: clock(interval.start, zone) }) : `${clock(interval.start, zone)}–${clock(interval.end, zone)}`}
        {i < intervals.length - 1 ? ", " : ""}
      </span>
    );
  });
}
