import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { enter, useSession } from "../api/session";
import { useFragmentToken } from "../frame/fragment";
import { useTitle } from "../frame/Plain";
import { suggestLanguage } from "../i18n/i18n";
import { useWords } from "../i18n/words";
import { Button } from "../ui/Button";
import { ClockProvider, useClock } from "../ui/clock";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, Card, EmptyState, Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { CodeEntry } from "./CodeEntry";
import "./meeting.css";
import { invitationQuery, useEnterByLink, useReplyByLink } from "./queries";
import { ReplyButtons } from "./ReplyButtons";
import { standingOf } from "./standing";
import { When } from "./When";

type Invitation = Schemas["InvitationView"];

/** JoinPage is what a personal link opens: which meeting, when, as whom. Opening it changes nothing. */
export function JoinPage() {
  const { t } = useTranslation("call");
  useTitle(t("join.tab"));
  const token = useFragmentToken("join");
  const found = useQuery({ ...invitationQuery(token), enabled: token !== "" });
  const language = found.data?.language;
  useEffect(() => { if (language) suggestLanguage(language); }, [language]);
  if (!token) return <Start />;
  if (found.data) {
    return (
      <ClockProvider offset={found.data.offset} zone={found.data.zone || "Europe/Oslo"}>
        <Invited token={token} invitation={found.data} onStale={() => void found.refetch()} />
      </ClockProvider>
    );
  }
  const problem = found.isError ? asProblem(found.error) : null;
  if (problem && (problem.status === 404 || problem.status === 422)) return <Lost title={t("join.unknown")} />;
  return (
    <div className="page join-page">
      {problem ? <ProblemNote problem={problem} onRetry={() => void found.refetch()} /> : <Skeleton label={t("join.loading")} cards={1} />}
    </div>
  );
}

function Lost({ title }: { title: string }) {
  const { t } = useTranslation("call");
  return <div className="page join-page"><EmptyState level={1} title={title}>{t("join.unknown_text")}</EmptyState><CodeEntry /></div>;
}

/** Start is the page without a link: whoever typed the address has most likely been given a code. */
function Start() {
  const { t } = useTranslation("call");
  return (
    <div className="page join-page">
      <h1>{t("join.start")}</h1>
      <CodeEntry />
      <p className="quiet">{t("join.start_text")}</p>
    </div>
  );
}

function Invited({ token, invitation, onStale }: { token: string; invitation: Invitation; onStale: () => void }) {
  const { t } = useTranslation("call");
  const { now } = useClock();
  const reply = useReplyByLink(token);
  const standing = standingOf(invitation, now);
  if (standing === "cancelled" || standing === "over") {
    return (
      <div className="page join-page">
        <EmptyState level={1} title={t(standing === "over" ? "join.over" : "join.cancelled")}>
          <p className={standing === "over" ? "meeting-when" : "meeting-when join-struck"}><Time at={invitation.start} until={invitation.end} as="day" /></p>
          <p>{t(standing === "over" ? "join.over_text" : "join.cancelled_text")}</p>
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="page join-page">
      <header className="stack-s">
        <h1>{t("join.title")}</h1>
        <p className="meeting-when"><When of={invitation} /></p>
        <p className="quiet"><Began invitation={invitation} /> {t("meeting.code", { code: invitation.meeting_code })}</p>
      </header>
      <Card className="stack">
        <Who invitation={invitation} />
        {standing === "early" ? <Early opens={invitation.opens_at} /> : <Enter token={token} invitation={invitation} onStale={onStale} />}
      </Card>
      <Card><ReplyButtons reply={invitation.reply} save={reply} /></Card>
      <p className="quiet small">{t("join.personal")}</p>
    </div>
  );
}

function Began({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation("call");
  const { now } = useClock();
  if (invitation.state === "running") return <>{t("join.running")}</>;
  if (now.getTime() >= Date.parse(invitation.start)) return null;
  return <>{t("join.begins")} <Time at={invitation.start} />.</>;
}

/** Who says under which name the others will see you: whoever got a link passed on notices it here. */
function Who({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation("call");
  const word = useWords("common");
  const session = useSession();
  const role = invitation.guest ? word("guest", invitation.guest) : invitation.role ? word("role", invitation.role) : "";
  const other = session.data?.kind === "person" && session.data.name !== invitation.name ? session.data.name : null;
  return (
    <>
      <div>
        <p className="quiet small">{t("join.as")}</p>
        <p className="join-name">{invitation.name}</p>
        <p>{[role, invitation.org].filter(Boolean).join(" · ")}</p>
      </div>
      {other ? <Banner tone="amber">{t("join.other", { other, name: invitation.name })}</Banner> : null}
    </>
  );
}

function Early({ opens }: { opens: string }) {
  const { t } = useTranslation("call");
  return (
    <div className="join-early">
      <p><strong>{t("join.opens")} <Time at={opens} as="day" /></strong> (<Time at={opens} />)</p>
      <p className="quiet">{t("join.opens_text")}</p>
    </div>
  );
}

function Enter({ token, invitation, onStale }: { token: string; invitation: Invitation; onStale: () => void }) {
  const { t } = useTranslation("call");
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const join = useEnterByLink(token);
  const problem = join.isError ? asProblem(join.error) : null;
  const go = () => {
    join.mutate(undefined, {
      onSuccess: (view) => { void enter(queries, view).then(() => { navigate(`/call/${invitation.conference}`); }); },
      onError: onStale, // it may have been cancelled, or our clocks differ
    });
  };
  return (
    <div className="stack-s">
      <Button variant="primary" wide className="join-button" busy={join.isPending} onPress={go}>{t("check.join")}</Button>
      <p className="quiet small">{t(invitation.guest ? "join.next_guest" : "join.next")}</p>
      {problem ? problem.kind === "guest-link-used" ? <Banner tone="amber"><strong>{t("join.used")}.</strong> {t("join.used_text")}</Banner> : <ProblemNote problem={problem} /> : null}
    </div>
  );
}
