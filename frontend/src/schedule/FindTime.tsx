import { Clock3 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Card } from "../ui/surfaces";
import { parseRequest } from "./finder";
import { Finding } from "./Finding";
import { MeetNow } from "./MeetNow";
import { soonFrom } from "./search";
import { staffSeats, type CaseDetail } from "./seats";
import { useSpeech } from "./useSpeech";
import { WaitingPart } from "./WaitingPart";
import { listed, seatWord } from "./wording";
import "./schedule.css";

export type FindTimeProps = { detail: CaseDetail; open: boolean; onOpen: (open: boolean) => void };

/** FindTime is the search for a meeting's time on the case page: closed one line and a button, open the suggestions. */
export function FindTime({ detail, open, onOpen }: FindTimeProps) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  const [until, setUntil] = useState<string | null>(null);
  const close = () => {
    setUntil(null);
    onOpen(false);
  };
  if (open) return <Finding detail={detail} until={until} onClose={close} />;
  const request = parseRequest(detail.find);
  const needed = staffSeats(detail.seats ?? []).filter((s) => request.need.some((n) => n.id === s.id));
  const who = listed(needed.map((s) => seatWord(s.id, speech)), speech.language);
  const soon = soonFrom(speech.now);
  const later = Date.parse(request.window.to) > Date.parse(soon);
  return (
    <Card labelledBy="find-title" className="stack-s">
      <h2 id="find-title">{t("title")}</h2>
      {needed.length === 0 ? <p className="quiet">{t("nobody_needed")}</p> : (
        <>
          <p className="quiet">{t(request.deadline ? "sought_before" : "sought", { minutes: request.duration_min, who })}</p>
          <WaitingPart detail={detail} request={request} onTake={detail.may?.includes("book") ? () => { onOpen(true); } : null} />
          <div className="row">
            <Button variant={offeredAbove(detail) ? "secondary" : "primary"} onPress={() => { onOpen(true); }}>{t("find")}</Button>
            {later ? <Button onPress={() => { setUntil(soon); onOpen(true); }}><Clock3 aria-hidden />{t("soon.ask")}</Button> : null}
            <MeetNow />
          </div>
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
