import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { answer, api, type Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { enter, useSession } from "../api/session";
import { useTitle } from "../frame/Plain";
import { useLanguage } from "../i18n/words";
import { useClock } from "../ui/clock";
import { Badge } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { fullTime } from "../ui/time";
import "./demo.css";
import { DemoClock } from "./DemoClock";
import { personasQuery } from "./queries";

/** Personas is where the demo begins: who to be, and what to try. */
export function Personas() {
  const { t } = useTranslation("demo");
  useTitle(t("title"));
  return <DemoClock><Chooser /></DemoClock>;
}

const steps = ["board", "find", "mail", "call", "after"] as const;

function Chooser() {
  const { t } = useTranslation("demo");
  const personas = useQuery(personasQuery).data?.personas ?? [];
  const { now, zone } = useClock();
  const language = useLanguage();
  const session = useSession();
  const become = useBecome();
  const problem = become.isError ? asProblem(become.error) : null;
  const card = (persona: Schemas["DemoPersona"]) => (
    <PersonaCard
      key={persona.id} persona={persona} current={session.data?.name === persona.name}
      busy={become.isPending && become.variables === persona.id} onChoose={() => { if (!become.isPending) become.mutate(persona.id); }}
    />
  );
  return (
    <div className="page personas-page">
      <header className="stack-s">
        <h1>{t("title")}</h1>
        <p className="personas-lead">{t("lead")}</p>
        <p className="personas-clock">{t("clock", { time: fullTime(now, zone, language) })}</p>
      </header>
      <section className="try" aria-labelledby="try">
        <h2 id="try">{t("try")}</h2>
        <ol className="try-steps">{steps.map((step) => <li key={step}>{t(`step.${step}`)}</li>)}</ol>
        <p><Link href="/demo/mail">{t("to_mail")}</Link></p>
      </section>
      {problem && problem.kind !== "no-guest-seat" ? <ProblemNote problem={problem} /> : null}
      <section className="stack" aria-labelledby="staff">
        <h2 id="staff">{t("staff")}</h2>
        <ul className="personas">{personas.filter((p) => !p.guest).map(card)}</ul>
      </section>
      <section className="stack" aria-labelledby="guests">
        <div>
          <h2 id="guests">{t("guests")}</h2>
          <p className="quiet">{t("guests_text")}</p>
        </div>
        {problem?.kind === "no-guest-seat" ? <ProblemNote problem={problem} /> : null}
        <ul className="personas">{personas.filter((p) => p.guest).map(card)}</ul>
      </section>
    </div>
  );
}

/** useBecome opens a persona's session. Guests get none: they go to the page behind their link. */
function useBecome() {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  return useMutation({
    mutationFn: (persona: string) => answer(api.POST("/demo/api/session", { body: { persona } })),
    onSuccess: async ({ open }) => {
      await enter(queries);
      navigate(open);
    },
  });
}

function PersonaCard({ persona, current, busy, onChoose }: { persona: Schemas["DemoPersona"]; current: boolean; busy: boolean; onChoose: () => void }) {
  const { t } = useTranslation("demo");
  const language = useLanguage();
  const id = useId();
  const role = persona.role[language] ?? persona.role["nb"] ?? "";
  return (
    <li>
      <AriaButton className={`persona${busy ? " persona-busy" : ""}`} onPress={onChoose} aria-labelledby={`${id}-role ${id}-name`} aria-describedby={`${id}-story`}>
        <span className="persona-role" id={`${id}-role`}>{role}</span>
        <span className="persona-name quiet" id={`${id}-name`}>{persona.name}{current ? <> <Badge tone="accent">{t("current")}</Badge></> : null}</span>
        <span className="persona-story" id={`${id}-story`}>{persona.story[language] ?? persona.story["nb"]}</span>
      </AriaButton>
    </li>
  );
}
