import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { Button, ButtonLink } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState, Skeleton } from "../ui/surfaces";
import { callingAddress, opensCall, phaseOf, type Phase } from "./calling";
import "./calling.css";
import { Hunt, Practised } from "./Hunt";
import { MissedNext } from "./MissedNext";
import { forgetOwn, rememberOwn } from "./ownCalls";
import { PromiseWait } from "./PromiseWait";
import { consultQuery, useHangUp, type Consult } from "./queries";
import { ConsultRecord } from "./Record";
import { SoftWait } from "./SoftWait";
import { useSpeech } from "./useSpeech";
import { askedWords, callerWords, soughtWords } from "./wording";
import "./words.css";

/** Calling is the page of whoever rang: who is rung, what comes next, and never a dead end. */
export function Calling({ id }: { id: string }) {
  const { t } = useTranslation(["talk", "common"]);
  useTitle(t("talk:calling.tab"));
  const found = useQuery(consultQuery(id));
  if (found.data) return <Found consult={found.data} />;
  const problem = found.isError ? asProblem(found.error) : null;
  return (
    <div className="page page-narrow">
      {problem?.status === 404
        ? <EmptyState level={1} title={t("talk:calling.gone")} action={<ButtonLink href="/talk">{t("talk:calling.to_talk")}</ButtonLink>} />
        : problem ? <ProblemNote problem={problem} onRetry={() => void found.refetch()} /> : <Skeleton label={t("common:loading")} cards={1} />}
    </div>
  );
}

function Found({ consult }: { consult: Consult }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  useOpenCall(consult);
  const phase = phaseOf(consult);
  return (
    <div className="page page-narrow calling-page">
      <header className="stack-s">
        <h1>{useHeading(consult, phase)}</h1>
        {consult.you === "caller" ? null : <p>{t("calling.not_yours", { name: consult.caller.name })} ({callerWords(consult, speech)})</p>}
        {consult.kind === "practice" ? null : <p className="quiet">{askedWords(consult, speech)}</p>}
        {consult.words ? <p className="ring-words">{consult.words}</p> : null}
      </header>
      <Body consult={consult} phase={phase} />
    </div>
  );
}

function useHeading(consult: Consult, phase: Phase): string {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  if (consult.kind === "practice") return t(phase.kind === "practice" ? "calling.title_practice" : "calling.practice_over");
  const who = soughtWords(consult, speech);
  switch (phase.kind) {
    case "practice": return t("calling.title_practice");
    case "door": return t("calling.soft_title", { name: phase.ring.person.name });
    case "ringing": return consult.kind === "knock" ? t("calling.title_knock", { name: who }) : t("calling.title_role", { role: who });
    case "promised": return t("promise.title", { name: phase.by });
    case "connected": return t("calling.connected", { name: phase.by });
    case "missed":
      if (consult.kind === "knock") return t(phase.declined ? "missed.title_declined" : "missed.title_knock", { name: who });
      return t(phase.tried ? "missed.title" : "missed.title_none");
    case "cancelled": return t(consult.you === "caller" ? "calling.cancelled" : "calling.cancelled_other");
    case "ended": return t("calling.ended");
  }
}

function Body({ consult, phase }: { consult: Consult; phase: Phase }) {
  const { t } = useTranslation("talk");
  switch (phase.kind) {
    case "practice":
      return <><p>{t("calling.practice_text")}</p><HangUp consult={consult} /></>;
    case "ringing":
      return <><Hunt consult={consult} rung={phase.rung} over={phase.over} /><HangUp consult={consult} /></>;
    case "door":
      return <><SoftWait consult={consult} name={phase.ring.person.name} /><HangUp consult={consult} /></>;
    case "promised":
      return <><PromiseWait by={phase.by} at={phase.at} /><HangUp consult={consult} /></>;
    case "connected":
      return <div className="stack"><p>{t("calling.connected_text")}</p><div><ButtonLink variant="primary" href={callingAddress(consult.conference)}>{t("calling.open_call")}</ButtonLink></div></div>;
    case "missed":
      return <MissedNext consult={consult} over={phase.over} />;
    case "cancelled":
    case "ended":
      return consult.kind === "practice" ? <Practised consult={consult} /> : <Over consult={consult} />;
  }
}

/** Over is what stays of a talk: the text for the record, and the way back. */
function Over({ consult }: { consult: Consult }) {
  const { t } = useTranslation("talk");
  return (
    <div className="stack">
      <ConsultRecord conference={consult.conference} consult={consult.id} />
      <div><ButtonLink href="/talk">{t("calling.to_talk")}</ButtonLink></div>
    </div>
  );
}

/** useOpenCall: the call opens by itself, here or wherever this tab is when somebody answers. */
function useOpenCall(consult: Consult): void {
  const [, navigate] = useLocation();
  const { id, conference } = consult;
  const waits = consult.you === "caller" && (consult.state === "ringing" || consult.state === "promised") && consult.kind !== "practice";
  const opens = opensCall(consult);
  const over = consult.state === "missed" || consult.state === "cancelled" || consult.state === "ended";
  useEffect(() => {
    if (waits) rememberOwn(id);
    if (over) forgetOwn(id);
  }, [waits, over, id]);
  useEffect(() => {
    if (!opens) return;
    forgetOwn(id);
    navigate(callingAddress(conference), { replace: true });
  }, [opens, id, conference, navigate]);
}

/** HangUp stops every ring of this consult. */
function HangUp({ consult }: { consult: Consult }) {
  const { t } = useTranslation("talk");
  const hangUp = useHangUp();
  if (!consult.may?.includes("cancel")) return null;
  return (
    <div className="stack-s hang-up">
      {consult.kind === "practice" ? null : <p className="quiet small">{t(consult.state === "promised" ? "promise.text" : "calling.away")}</p>}
      <Button variant="danger" wide busy={hangUp.isPending} onPress={() => { hangUp.mutate({ id: consult.id }); }}>{t("calling.hang_up")}</Button>
      {hangUp.isError ? <ProblemNote problem={asProblem(hangUp.error)} /> : null}
    </div>
  );
}
