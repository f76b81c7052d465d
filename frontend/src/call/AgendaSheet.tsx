import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/fields";
import { Time } from "../ui/Time";
import { shortMinutes, type AgendaPart } from "./agenda";
import { Sheet } from "./Sheet";
import type { Agenda } from "./useAgenda";

type View = Schemas["ConferenceView"];

/** AgendaSheet is the plan beside the faces: what is due, how long, and the code that is read back first. A couple of words have only the clock. */
export function AgendaSheet({ agenda, view, onClose }: { agenda: Agenda; view: View; onClose: () => void }) {
  const { t } = useTranslation("call");
  return (
    <Sheet title={t(agenda.planned ? "agenda.title" : "agenda.clock_title")} onClose={onClose}>
      <p className="agenda-clock">{agenda.clock.kind === "none" ? t("agenda.minutes", { minutes: agenda.minutes }) : <ClockWords agenda={agenda} start={view.start} />}</p>
      {agenda.planned ? (
        <ol className="agenda">
          {agenda.parts.map((part) => <Part key={part.item} part={part} agenda={agenda} view={view} />)}
        </ol>
      ) : null}
      <div className="agenda-acts">
        {agenda.planned && view.agenda_minutes > shortMinutes ? (
          <Button onPress={() => { agenda.shorten(!agenda.short); }}>{agenda.short ? t("agenda.lengthen", { minutes: view.agenda_minutes }) : t("agenda.shorten", { minutes: shortMinutes })}</Button>
        ) : null}
        <Button onPress={agenda.restart}>{t("agenda.restart")}</Button>
      </div>
      <p className="quiet small">{view.improvised ? null : t("agenda.clock")} {agenda.planned ? t("agenda.local") : null}</p>
    </Sheet>
  );
}

/** ClockWords is how much is left, calmly: minutes, never seconds. */
export function ClockWords({ agenda, start }: { agenda: Agenda; start: string }) {
  const { t } = useTranslation("call");
  const { clock } = agenda;
  switch (clock.kind) {
    case "none":
      return null;
    case "before":
      return <>{t("agenda.before")} <Time at={start} as="clock" /></>;
    case "running":
      return <>{t("agenda.left", { count: clock.left })}</>;
    case "last":
      return <strong>{t("agenda.left", { count: clock.left })}</strong>;
    case "over":
      return <strong>{t("agenda.over_short")}</strong>;
  }
}

function Part({ part, agenda, view }: { part: AgendaPart; agenda: Agenda; view: View }) {
  const { t } = useTranslation("call");
  const due = agenda.part === part;
  const seconds = part.until - part.from;
  const length = seconds < 60 ? t("agenda.seconds", { seconds }) : t("agenda.minutes", { minutes: Math.round(seconds / 6) / 10 });
  return (
    <li className={due ? "agenda-part agenda-due" : "agenda-part"} aria-current={due ? "step" : undefined}>
      <span className="agenda-what">{t(`agenda.${part.item}`)}{due ? <span className="agenda-now"> {t("agenda.now")}</span> : null}</span>
      <span className="quiet small agenda-length">{length}</span>
      {part.item === "here" ? <ReadBack agenda={agenda} view={view} /> : null}
    </li>
  );
}

/** ReadBack: a meeting about the wrong patient is the worst that can happen here, so the code is read out and repeated. */
function ReadBack({ agenda, view }: { agenda: Agenda; view: View }) {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  const mark = (what: "tick_here" | "tick_consent" | "tick_code", done: boolean) => {
    agenda.tick(what, done);
    announce(t(done ? "agenda.ticked" : "agenda.unticked", { what: t(`agenda.${what}`) }));
  };
  return (
    <div className="agenda-back">
      {view.case ? <p className="agenda-code">{t("agenda.code", { code: view.case.code })}</p> : <p className="quiet small">{t("agenda.code_hidden")}</p>}
      {(["tick_here", "tick_consent", "tick_code"] as const).map((what) => (
        <Checkbox key={what} isSelected={agenda.ticks.includes(what)} onChange={(done) => { mark(what, done); }}>{t(`agenda.${what}`)}</Checkbox>
      ))}
    </div>
  );
}
