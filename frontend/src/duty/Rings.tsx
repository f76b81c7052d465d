import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { asProblem, type Problem } from "../api/problem";
import { useSession } from "../api/session";
import { clock } from "../ui/time";
import { callingAddress } from "./calling";
import { Farewell, Said } from "./Farewell";
import { OwnCalls } from "./OwnCalls";
import { consultsQuery, useAnswer, useSeen, type Answer } from "./queries";
import { RingDialog } from "./RingDialog";
import { Ringer } from "./ringer";
import { facing, nextMoment, ringsOf, waitingCount, type Shown } from "./rings";
import "./rings.css";
import { SoftRing } from "./SoftRing";
import { useServerNow } from "./useServerNow";
import { useSpeech } from "./useSpeech";
import "./words.css";

/** Rings stands above every page of whoever can be rung. inCall puts the silent cards where they cover no controls of a call. */
export function Rings({ inCall = false }: { inCall?: boolean }) {
  const session = useSession().data;
  if (!session?.person) return null;
  return <Listening key={session.person.id} inCall={inCall} />;
}

type Gone = { key: string; id: string };
type Word = { key: string; text: string };

function Listening({ inCall }: { inCall: boolean }) {
  const { t } = useTranslation("talk");
  const view = useQuery(consultsQuery).data;
  const [answered, setAnswered] = useState<ReadonlyMap<string, Answer>>(new Map());
  const hidden = new Set([...answered].filter(([, say]) => say !== "accept").map(([key]) => key));
  const now = useServerNow(false, (at) => nextMoment(view, at));
  const { loud, soft } = ringsOf(view, now, hidden);
  const [front, setFront] = useState<string | null>(null);
  const shown = facing(loud, front);
  if ((shown?.key ?? null) !== front) setFront(shown?.key ?? null);
  const ringer = useRinger(loud.filter((s) => !answered.has(s.key)), waitingCount(view, loud.length + soft.length), t("ring.somebody"));
  const { blocked } = useSyncExternalStore(ringer.subscribe, ringer.current);
  const { gone, say, drop } = useGone([...loud, ...soft], answered);
  const press = usePress(setAnswered, say);
  useReportSeen([...loud, ...soft]);
  return (
    <>
      {shown ? (
        <RingDialog
          key={shown.key} shown={shown} more={loud.length - 1} answering={answered.get(shown.key)} problem={press.problem} blocked={blocked}
          onSound={ringer.unlock} onAnswer={(answer) => { press.send(shown, answer); }}
        />
      ) : null}
      <section className={inCall ? "rings-cards rings-top" : "rings-cards"} aria-label={t("ring.cards")}>
        {soft.map((s) => <SoftRing key={s.key} shown={s} answering={answered.get(s.key)} onAnswer={(answer) => { press.send(s, answer); }} />)}
        {gone.map((g) => ("id" in g
          ? <Farewell key={g.key} id={g.id} onDone={() => { drop(g.key); }} />
          : <Said key={g.key} text={g.text} onDone={() => { drop(g.key); }} />))}
        {press.problem && !shown ? <Said key="problem" text={t("ring.failed")} onDone={press.forget} /> : null}
        <OwnCalls view={view} inCall={inCall} />
      </section>
    </>
  );
}

/** useRinger keeps what is heard the same as what is shown. */
function useRinger(loud: readonly Shown[], count: number, title: string): Ringer {
  const [ringer] = useState(() => new Ringer());
  const rings = loud.length > 0;
  const urgent = loud.some((s) => s.consult.urgency === "now");
  useEffect(() => {
    ringer.open();
    return () => { ringer.close(); };
  }, [ringer]);
  useEffect(() => { ringer.ring(rings ? { urgent, title } : null); }, [ringer, rings, urgent, title]);
  useEffect(() => { ringer.badge(count); }, [ringer, count]);
  return ringer;
}

/** useGone gathers what must be said of rings that stopped without an answer from here, and of answers. */
function useGone(open: readonly Shown[], answered: ReadonlyMap<string, Answer>) {
  const [before, setBefore] = useState<readonly Gone[]>([]);
  const [gone, setGone] = useState<readonly (Gone | Word)[]>([]);
  const same = before.length === open.length && open.every((s, i) => s.key === before[i]?.key);
  if (!same) {
    setBefore(open.map((s) => ({ key: s.key, id: s.consult.id })));
    const lost = before.filter((b) => !open.some((s) => s.consult.id === b.id) && !answered.has(b.key));
    if (lost.length > 0) setGone((list) => [...list, ...lost]);
  }
  return {
    gone,
    say: (word: Gone | Word) => { setGone((list) => [...list, word]); },
    drop: (key: string) => { setGone((list) => list.filter((g) => g.key !== key)); },
  };
}

/** usePress sends an answer. The ring falls silent with the press; a refusal means that somebody else was faster. */
function usePress(setAnswered: (change: (map: ReadonlyMap<string, Answer>) => ReadonlyMap<string, Answer>) => void, say: (word: Gone | Word) => void) {
  const { t } = useTranslation("talk");
  const { zone } = useSpeech();
  const [, navigate] = useLocation();
  const send = useAnswer();
  const [problem, setProblem] = useState<Problem | null>(null);
  const mark = (key: string, answer: Answer | null) => {
    setAnswered((map) => {
      const next = new Map(map);
      if (answer) next.set(key, answer);
      else next.delete(key);
      return next;
    });
  };
  return {
    problem,
    forget: () => { setProblem(null); },
    send: ({ key, consult }: Shown, answer: Answer) => {
      setProblem(null);
      mark(key, answer);
      send.mutate({ id: consult.id, say: answer }, {
        onSuccess: (after) => {
          if (after.kind === "practice") say({ key: `${key} works`, text: t("ring.works") });
          else if (answer === "accept" && after.you === "taker") navigate(callingAddress(after.conference));
          else if (answer === "accept") say({ key, id: consult.id });
          else if (answer === "later" && after.promise) say({ key: `${key} later`, text: t("ring.will_call", { name: after.caller.name, time: clock(new Date(after.promise.at), zone) }) });
        },
        onError: (error) => {
          const refused = asProblem(error);
          mark(key, null);
          if (refused.status === 409) say({ key, id: consult.id });
          else setProblem(refused);
        },
      });
    },
  };
}

/** useReportSeen tells the caller's page, once for each ring, that it has come this far. */
function useReportSeen(open: readonly Shown[]): void {
  const { mutate } = useSeen();
  const reported = useRef(new Set<string>());
  const names = open.filter((s) => !s.due).map((s) => s.key).join("\n");
  useEffect(() => {
    for (const key of names.split("\n").filter((k) => k !== "" && !reported.current.has(k))) {
      reported.current.add(key);
      mutate({ id: key.split(" ")[0] ?? "" });
    }
  }, [names, mutate]);
}
