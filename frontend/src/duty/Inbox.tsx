import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { asProblem } from "../api/problem";
import { useSession } from "../api/session";
import { Button, ButtonLink } from "../ui/Button";
import { Badge } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import { callingAddress } from "./calling";
import { PhoneLink } from "./PhoneLink";
import { KeyFor, useAnswer, useCallBack, useNote, type Consult } from "./queries";
import { useSpeech } from "./useSpeech";
import { askedWords, callerWords, otherOf, roleWords, soughtWords, upperFirst } from "./wording";

type Rows = { consults: readonly Consult[] };

/** Mine are the talks that this person has asked for and that are not over. */
export function Mine({ consults }: Rows) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  if (consults.length === 0) return null;
  return (
    <section className="talk-part" aria-labelledby="mine">
      <h2 id="mine">{t("mine.title")}</h2>
      <ul className="talk-list">
        {consults.map((c) => (
          <li key={c.id} className="talk-item">
            <div className="talk-item-text">
              <p><strong>{otherOf(c) ?? upperFirst(soughtWords(c, speech))}</strong></p>
              <p className="small">{speech.say("mine", c.state)}{c.promise && c.state === "promised" ? <> <Time at={c.promise.at} as="clock" /></> : null}</p>
            </div>
            {c.state === "connected"
              ? <ButtonLink variant="primary" href={callingAddress(c.conference)}>{t("mine.join")}</ButtonLink>
              : <ButtonLink variant="primary" href={`/talk/${c.id}`}>{t("mine.open")}</ButtonLink>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Promised are the call-backs this person has given their word for. They ring at their time; they can be kept before it. */
export function Promised({ consults }: Rows) {
  const { t } = useTranslation("talk");
  const [, navigate] = useLocation();
  const call = useAnswer();
  if (consults.length === 0) return null;
  return (
    <section className="talk-part" aria-labelledby="promised">
      <h2 id="promised">{t("inbox.promised")}</h2>
      <ul className="talk-list">
        {consults.map((c) => (
          <Row key={c.id} consult={c} when={<Time at={c.promise?.at ?? c.at} as="day" />}>
            {c.may?.includes("answer") ? (
              <Button
                variant="primary" busy={call.isPending && call.variables.id === c.id}
                onPress={() => { call.mutate({ id: c.id, say: "accept" }, { onSuccess: (after) => { if (after.you === "taker") navigate(callingAddress(after.conference)); } }); }}
              >
                {t("inbox.call_now")}
              </Button>
            ) : null}
          </Row>
        ))}
      </ul>
      {call.isError ? <ProblemNote problem={asProblem(call.error)} /> : null}
    </section>
  );
}

/** Missed are the notes for this person and for the roles they are on duty for. Whoever sees them has read them. */
export function Missed({ consults }: Rows) {
  const { t } = useTranslation("talk");
  useRead(consults);
  return (
    <section className="talk-part" aria-labelledby="missed">
      <h2 id="missed">{t("inbox.missed")}{consults.length > 0 ? ` (${consults.length})` : ""}</h2>
      {consults.length === 0 ? <p className="quiet">{t("inbox.missed_none")}</p> : null}
      <ul className="talk-list">{consults.map((c) => <Note key={c.id} consult={c} />)}</ul>
    </section>
  );
}

function Note({ consult }: { consult: Consult }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const [, navigate] = useLocation();
  const note = useNote();
  const back = useCallBack();
  const [key] = useState(() => new KeyFor());
  const may = (what: string) => consult.may?.includes(what) ?? false;
  const problem = back.error ?? note.error;
  const me = useSession().data?.person?.id;
  const reader = consult.note?.read_by;
  const meant = consult.kind === "specialist" ? t("inbox.for_role", { role: roleWords(consult.role, consult.unit, speech) }) : t("inbox.for_you");
  return (
    <Row
      consult={consult} when={<Time at={consult.ended_at ?? consult.at} as="since" />}
      more={<>
        <p className="small quiet">{meant}{reader && reader.id !== me ? ` · ${t("inbox.read_by", { name: reader.name })}` : ""}</p>
        {consult.caller_phone ? <PhoneLink phone={consult.caller_phone} who={consult.caller.name} /> : null}
        {problem ? (asProblem(problem).status === 409 ? <p className="field-error" role="alert">{t("inbox.gone")}</p> : <ProblemNote problem={asProblem(problem)} />) : null}
      </>}
    >
      {may("call_back") ? (
        <Button variant="primary" busy={back.isPending} onPress={() => { back.mutate({ id: consult.id, key: key.of(consult.id) }, { onSuccess: (made) => { navigate(`/talk/${made.id}`); } }); }}>
          {t("inbox.call_back")}
        </Button>
      ) : null}
      {may("take") ? <Button busy={note.isPending && note.variables.state === "taken"} onPress={() => { note.mutate({ id: consult.id, state: "taken" }); }}>{t("inbox.take")}</Button> : null}
    </Row>
  );
}

/** useRead marks what is in sight as read, once. */
function useRead(consults: readonly Consult[]): void {
  const { mutate } = useNote();
  const marked = useRef(new Set<string>());
  const unread = consults.filter((c) => c.note && !c.note.read_at).map((c) => c.id).join(" ");
  useEffect(() => {
    if (document.visibilityState === "hidden") return;
    for (const id of unread.split(" ").filter((u) => u !== "" && !marked.current.has(u))) {
      marked.current.add(id);
      mutate({ id, state: "read" });
    }
  }, [unread, mutate]);
}

/** Recent are the last talks that are over. */
export function Recent({ consults }: Rows) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  if (consults.length === 0) return null;
  return (
    <section className="talk-part" aria-labelledby="recent">
      <h2 id="recent">{t("inbox.recent")}</h2>
      <ul className="talk-list">
        {consults.map((c) => (
          <li key={c.id} className="talk-item">
            <div className="talk-item-text">
              <p><Link href={`/talk/${c.id}`}>{otherOf(c) ?? upperFirst(soughtWords(c, speech))}</Link></p>
              <p className="small quiet">{t(`state.${c.state}`)} · {speech.say("reason", c.reason)} · <Time at={c.at} as="since" /></p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Row is somebody who asked: who, for what, when, and what can be done. */
function Row({ consult, when, more, children }: { consult: Consult; when: ReactNode; more?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  return (
    <li className="talk-item">
      <div className="talk-item-text">
        <p><strong>{consult.caller.name}</strong> <span className="quiet">{when}</span>{consult.note && !consult.note.read_at ? <> <Badge tone="accent">{t("inbox.unread")}</Badge></> : null}</p>
        <p className="small">{callerWords(consult, speech)}</p>
        <p className="small">{askedWords(consult, speech)}</p>
        {consult.words ? <p className="small ring-words">{consult.words}</p> : null}
        {more}
      </div>
      <div className="talk-item-acts">{children}</div>
    </li>
  );
}
