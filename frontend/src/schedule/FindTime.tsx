import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Card } from "../ui/surfaces";
import { parseRequest } from "./finder";
import { Finding } from "./Finding";
import { staffSeats, type CaseDetail } from "./seats";
import { useSpeech } from "./useSpeech";
import { listed, seatWord } from "./wording";
import "./schedule.css";

export type FindTimeProps = { detail: CaseDetail; open: boolean; onOpen: (open: boolean) => void };

/** FindTime is the search for a meeting's time on the case page: closed one line and a button, open the suggestions. */
export function FindTime({ detail, open, onOpen }: FindTimeProps) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  if (open) return <Finding detail={detail} onClose={() => { onOpen(false); }} />;
  const request = parseRequest(detail.find);
  const needed = staffSeats(detail.seats ?? []).filter((s) => request.need.some((n) => n.id === s.id));
  const who = listed(needed.map((s) => seatWord(s.id, speech)), speech.language);
  return (
    <Card labelledBy="find-title">
      <h2 id="find-title">{t("title")}</h2>
      {needed.length === 0 ? <p className="quiet">{t("nobody_needed")}</p> : (
        <>
          <p className="quiet find-sought">{t(request.deadline ? "sought_before" : "sought", { minutes: request.duration_min, who })}</p>
          <Button variant={offeredAbove(detail) ? "secondary" : "primary"} onPress={() => { onOpen(true); }}>{t("find")}</Button>
        </>
      )}
    </Card>
  );
}

/** offeredAbove: a meeting stands already, or the page's red flag holds the filled button for the same thing. */
function offeredAbove(detail: CaseDetail): boolean {
  const meeting = detail.conference?.state;
  return meeting === "booked" || meeting === "running" || (detail.flags ?? []).some((f) => f.action === "find_time" && f.level === "red");
}
