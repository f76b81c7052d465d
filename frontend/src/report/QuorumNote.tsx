import { useTranslation } from "react-i18next";
import { Banner } from "../ui/surfaces";
import type { AttendanceView } from "./attendanceView";

export type MissingSeat = { key: string; name: string; role: string };

/** QuorumNote says whether the required people were there at the same time, how long, and who of them never came. */
export function QuorumNote({ view, missing }: { view: AttendanceView; missing: readonly MissingSeat[] }) {
  const { t } = useTranslation("report");
  const minutes = Math.round(view.together_seconds / 60);
  const long = view.together_seconds < 60 ? t("under_a_minute") : t("minutes", { count: minutes });
  const ongoing = view.running && view.together.some((span) => span.end_source !== "event");
  return (
    <Banner tone={view.quorate ? "ok" : "amber"} quiet>
      <p>{view.quorate ? t(ongoing ? "together_now" : "together", { long }) : t(view.running ? "not_together_yet" : "not_together")}</p>
      {missing.map((seat) => (
        <p key={seat.key}>{seat.name ? t("missing", { name: seat.name, role: seat.role }) : t("missing_unfilled")}</p>
      ))}
    </Banner>
  );
}
