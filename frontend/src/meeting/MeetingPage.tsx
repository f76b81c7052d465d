import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { useWords } from "../i18n/words";
import { Button, ButtonLink } from "../ui/Button";
import { Badge, type Tone } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, Card, EmptyState, Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { CancelMeeting } from "./CancelMeeting";
import { GuestPanel } from "./GuestPanel";
import "./meeting.css";
import { Participants } from "./Participants";
import { meetingQuery, useReply } from "./queries";
import { ReplyButtons } from "./ReplyButtons";
import { When } from "./When";
import { lost, type Meeting } from "./standing";

/** MeetingPage: when, who, and what you can do about it. children stand below, for example who was there. */
export function MeetingPage({ id, children }: { id: string; children?: ReactNode }) {
  const { t } = useTranslation(["call", "common"]);
  useTitle(t("call:meeting.tab"));
  const found = useQuery(meetingQuery(id));
  if (found.isPending) return <div className="page"><Skeleton label={t("common:loading")} cards={2} /></div>;
  if (!found.data) {
    const problem = asProblem(found.error);
    return (
      <div className="page page-narrow">
        {problem.status === 404
          ? <EmptyState level={1} title={t("call:meeting.gone")} action={<ButtonLink href="/">{t("common:not_found.action")}</ButtonLink>} />
          : <ProblemNote problem={problem} onRetry={() => void found.refetch()} />}
      </div>
    );
  }
  return <Found meeting={found.data}>{children}</Found>;
}

const tones: Record<Meeting["state"], Tone> = { booked: "accent", running: "ok", ended: "grey", cancelled: "red" };

function Found({ meeting, children }: { meeting: Meeting; children?: ReactNode }) {
  const { t } = useTranslation("call");
  const word = useWords("call");
  const reply = useReply(meeting.id);
  const [cancelling, setCancelling] = useState(false);
  const may = (what: string) => meeting.may?.includes(what) ?? false;
  const me = meeting.participants?.find((p) => p.you);
  return (
    <div className="page meeting-page">
      <header className="meeting-head stack-s">
        <div className="row">
          <h1>{word("meeting.purpose", meeting.purpose)}</h1>
          <Badge tone={tones[meeting.state]} mark={meeting.state === "cancelled"}>{t(`meeting.state.${meeting.state}`)}</Badge>
        </div>
        <p className={meeting.state === "cancelled" ? "meeting-when join-struck" : "meeting-when"}>
          <When of={meeting} />{meeting.state === "booked" ? <span className="quiet"> <Time at={meeting.start} /></span> : null}
        </p>
        <p className="quiet">
          {t("meeting.code", { code: meeting.meeting_code })}
          {meeting.case ? <> · <Link href={`/cases/${meeting.case.id}`}>{t("meeting.case", { code: meeting.case.code })}</Link></> : null}
        </p>
      </header>
      <Missing meeting={meeting} />
      <div className="meeting-columns">
        <div className="meeting-next stack">
          <Card className="stack"><Call meeting={meeting} /></Card>
          {may("reply") && !meeting.improvised && me ? <Card><ReplyButtons reply={me.reply} save={reply} /></Card> : null}
          {may("invite_guests") ? <Card labelledBy="guests" className="stack-s"><h2 id="guests">{t("guests.title")}</h2><GuestPanel id={meeting.id} /></Card> : null}
          {may("cancel") ? <div><Button variant="danger" onPress={() => { setCancelling(true); }}>{t("meeting.cancel")}</Button></div> : null}
        </div>
        <div className="meeting-who stack">
          <Participants meeting={meeting} />
          <p className="quiet small">
            {meeting.booked_by ? t("meeting.booked_by", { name: meeting.booked_by.name }) : t("meeting.booked")} <Time at={meeting.booked_at} as="day" />
          </p>
        </div>
      </div>
      {may("view_attendance") && meeting.state !== "cancelled" ? children : null}
      {cancelling ? <CancelMeeting meeting={meeting} onClose={() => { setCancelling(false); }} /> : null}
    </div>
  );
}

/** Missing says that the meeting cannot be held as it stands, while there is time to find another. */
function Missing({ meeting }: { meeting: Meeting }) {
  const { t } = useTranslation("call");
  const gone = lost(meeting.participants ?? []);
  if (meeting.state !== "booked" || gone.length === 0) return null;
  return (
    <Banner tone="amber" action={meeting.case ? <ButtonLink href={`/cases/${meeting.case.id}?find=1`}>{t("meeting.find_other")}</ButtonLink> : null}>
      {t("meeting.lost", { names: gone.map((p) => p.name).join(", "), count: gone.length })}
    </Banner>
  );
}

/** Call is the way into the call, or why there is none. */
function Call({ meeting }: { meeting: Meeting }) {
  const { t } = useTranslation("call");
  if (meeting.may?.includes("join")) {
    return (
      <>
        <ButtonLink variant="primary" wide className="join-button" href={`/call/${meeting.id}`}>{t("check.join")}</ButtonLink>
        <p className="quiet small">{t("join.next")}</p>
      </>
    );
  }
  switch (meeting.state) {
    case "cancelled":
      return <p>{t("join.cancelled_text")}</p>;
    case "ended":
      return <p>{t("join.over_text")}</p>;
    case "booked":
    case "running":
      return <p>{t("closed.not_invited")}. <span className="quiet">{t("closed.not_invited_text")}</span></p>;
  }
}
