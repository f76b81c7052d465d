import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "wouter";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { useWords } from "../i18n/words";
import { Button, ButtonLink } from "../ui/Button";
import { Badge, type Tone } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { Card, EmptyState, Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { CancelMeeting } from "./CancelMeeting";
import { GuestPanel } from "./GuestPanel";
import "./meeting.css";
import { MoveMeeting } from "./MoveMeeting";
import { Participants } from "./Participants";
import { meetingQuery, useReply } from "./queries";
import { Repair } from "./Repair";
import type { Move } from "./repair";
import { ReplyButtons } from "./ReplyButtons";
import type { Meeting, Participant } from "./standing";
import { SwapPerson } from "./SwapPerson";
import { changeable } from "./useRepair";
import { When } from "./When";

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
  const [search, setSearch] = useSearchParams();
  const [change, setChange] = useState<Change | null>(() => (search.has("move") && changeable(meeting) ? { kind: "move", first: null } : null));
  const may = (what: string) => meeting.may?.includes(what) ?? false;
  const close = () => {
    setChange(null);
    if (search.has("move") || search.has("repair")) setSearch({}, { replace: true });
  };
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
      <Repair meeting={meeting} wanted={search.has("repair")} onMove={(first) => { setChange({ kind: "move", first }); }} onSwap={(out, first) => { setChange({ kind: "swap", out, first }); }} />
      <div className="meeting-columns">
        <div className="meeting-next stack">
          <Card className="stack"><Call meeting={meeting} /></Card>
          {may("reply") && !meeting.improvised && me ? <Card><ReplyButtons reply={me.reply} save={reply} /></Card> : null}
          {may("invite_guests") ? <Card labelledBy="guests" className="stack-s"><h2 id="guests">{t("guests.title")}</h2><GuestPanel id={meeting.id} /></Card> : null}
          {may("cancel") ? (
            <div className="row">
              {changeable(meeting) ? <Button onPress={() => { setChange({ kind: "move", first: null }); }}>{t("change.move")}</Button> : null}
              <Button variant="danger" onPress={() => { setChange({ kind: "cancel" }); }}>{t("meeting.cancel")}</Button>
            </div>
          ) : null}
        </div>
        <div className="meeting-who stack">
          <Participants meeting={meeting} onSwap={changeable(meeting) ? (out) => { setChange({ kind: "swap", out, first: null }); } : null} />
          <p className="quiet small">
            {meeting.booked_by ? t("meeting.booked_by", { name: meeting.booked_by.name }) : t("meeting.booked")} <Time at={meeting.booked_at} as="day" />
          </p>
        </div>
      </div>
      {may("view_attendance") && meeting.state !== "cancelled" ? children : null}
      {change ? <ChangeDialog meeting={meeting} change={change} onClose={close} /> : null}
    </div>
  );
}

/** Change is what somebody is about to do to the meeting. */
type Change = { kind: "cancel" } | { kind: "move"; first: Move | null } | { kind: "swap"; out: Participant; first: string | null };

/** ChangeDialog asks once more and says who will hear of it. */
function ChangeDialog({ meeting, change, onClose }: { meeting: Meeting; change: Change; onClose: () => void }) {
  switch (change.kind) {
    case "cancel": return <CancelMeeting meeting={meeting} onClose={onClose} />;
    case "move": return <MoveMeeting meeting={meeting} first={change.first} onClose={onClose} />;
    case "swap": return <SwapPerson meeting={meeting} out={change.out} first={change.first} onClose={onClose} />;
  }
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
