import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { useSession } from "../api/session";
import { useAnnounce } from "../ui/Announcer";
import { agenda, clockAt, isPlanned, partAt, shortMinutes, type AgendaPart, type Clock } from "./agenda";
import { readPlan, writePlan, type Plan } from "./memory";

export type Agenda = {
  planned: boolean;
  minutes: number;
  short: boolean;
  parts: readonly AgendaPart[];
  clock: Clock;
  part: AgendaPart | null;
  ticks: readonly string[];
  shorten(short: boolean): void;
  /** restart begins the clock now: the meeting began late. */
  restart(): void;
  tick(what: string, done: boolean): void;
};

/** Often enough for a part of 24 seconds, seldom enough to be calm. */
const lookEvery = 5_000;

/**
 * useAgenda follows the time of the meeting by the server's clock, and says a word when little is left. A planned meeting
 * begins when it was booked for, a talk that was thrown together once two are inside, an open door never by itself.
 */
export function useAgenda(view: Schemas["ConferenceView"], together: boolean): Agenda {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  const now = useServerNow();
  const [plan, setPlan] = useState(() => readPlan(view.id));
  const planned = !view.improvised && isPlanned(view.agenda_minutes);
  const short = planned && plan.short;
  const minutes = short ? shortMinutes : view.agenda_minutes;
  const parts = useMemo(() => agenda(minutes), [minutes]);
  if (view.improvised && view.purpose !== "door" && together && plan.began === null) setPlan({ ...plan, began: now });
  const clock = clockAt(plan.began ?? (view.improvised ? null : Date.parse(view.start)), minutes, now);
  const left = clock.kind === "last" ? clock.left : 0;
  const said = useRef(clock.kind);
  useEffect(() => {
    if (clock.kind === "last" && said.current === "running") announce(t("agenda.last", { minutes: left }));
    if (clock.kind === "over" && said.current === "last") announce(t("agenda.over_short"));
    said.current = clock.kind;
  }, [clock.kind, left, announce, t]);
  useEffect(() => { writePlan(view.id, plan); }, [view.id, plan]);
  const keep = (change: Partial<Plan>) => { setPlan({ ...plan, ...change }); };
  return {
    planned, minutes, short, parts, clock, part: planned ? partAt(parts, clock) : null, ticks: plan.ticks,
    shorten: (to) => { keep({ short: to }); },
    restart: () => { keep({ began: now }); },
    tick: (what, done) => { keep({ ticks: done ? [...plan.ticks, what] : plan.ticks.filter((tick) => tick !== what) }); },
  };
}

function useServerNow(): number {
  const session = useSession();
  const offset = session.data?.offset ?? 0;
  const [tick, setTick] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => { setTick(Date.now()); }, lookEvery);
    return () => { clearInterval(timer); };
  }, []);
  return tick + offset;
}
