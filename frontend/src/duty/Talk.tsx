import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { resources } from "../i18n/i18n";
import { useLanguage } from "../i18n/words";
import { Button } from "../ui/Button";
import { SearchField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState, Skeleton } from "../ui/surfaces";
import { Doors } from "./Doors";
import { Mine, Missed, Promised, Recent } from "./Inbox";
import { consultsQuery, dutyQuery, personQuery, type DutyRole } from "./queries";
import { RingForm } from "./RingForm";
import { RoleRow } from "./RoleRow";
import { matching } from "./search";
import "./talk.css";
import "./words.css";

/** How many roles stand there before one asks for all: the server puts those that fit the caller first. */
const firstShown = 8;

/** Talk is where a couple of words begin: who can be rung now, who has rung in vain, whose door is open. */
export function Talk() {
  const { t } = useTranslation("talk");
  useTitle(t("title"));
  const consults = useQuery(consultsQuery);
  const view = consults.data;
  const missed = view?.missed ?? [];
  return (
    <div className="page talk-page">
      <header className="stack-s talk-head">
        <h1>{t("title")}</h1>
        <p className="quiet">{t("lead")}</p>
        {missed.length > 0 ? <p className="talk-jump"><a href="#missed">{t("inbox.missed")} ({missed.length})</a></p> : null}
      </header>
      {consults.isError ? <ProblemNote problem={asProblem(consults.error)} onRetry={() => void consults.refetch()} /> : null}
      <div className="talk-columns">
        <div className="stack">
          <Mine consults={view?.calling ?? []} />
          <Promised consults={view?.promised ?? []} />
          <Roles reasons={view?.reasons ?? []} />
        </div>
        <div className="stack">
          {view ? <Missed consults={missed} /> : null}
          <Recent consults={view?.recent ?? []} />
          <Doors />
        </div>
      </div>
    </div>
  );
}

function Roles({ reasons }: { reasons: readonly string[] }) {
  const { t } = useTranslation("talk");
  const language = useLanguage();
  const [, navigate] = useLocation();
  const [text, setText] = useState("");
  const [all, setAll] = useState(false);
  const duty = useQuery(dutyQuery);
  const mayRing = asProblem(duty.error).status !== 403;
  // The form says before it rings whom it will reach: that must hold now, not half a minute ago.
  const choose = (role: DutyRole) => {
    void duty.refetch();
    navigate(`/talk?to=${encodeURIComponent(role.covers)}`);
  };
  const found = matching(duty.data ?? [], useDeferredValue(text), resources[language].common.role);
  const shown = all || text ? found : found.slice(0, firstShown);
  if (!mayRing) return null; // whoever is only rung, as interpreters are
  return (
    <section className="talk-part" aria-labelledby="roles">
      <h2 id="roles">{t("roles")}</h2>
      <SearchField label={t("search")} value={text} onChange={setText} />
      {duty.isError ? <ProblemNote problem={asProblem(duty.error)} onRetry={() => void duty.refetch()} /> : null}
      {duty.isPending ? <Skeleton label={t("loading")} cards={3} /> : null}
      {duty.data && found.length === 0 ? <EmptyState title={t(text ? "none" : "no_roles")}>{t(text ? "none_text" : "no_roles_text")}</EmptyState> : null}
      <ul className="duty-roles">
        {shown.map((role) => <RoleRow key={role.covers} role={role} onChoose={() => { choose(role); }} />)}
      </ul>
      {shown.length < found.length ? <div><Button onPress={() => { setAll(true); }}>{t("show_all", { count: found.length })}</Button></div> : null}
      <Chosen roles={duty.data ?? []} reasons={reasons} />
    </section>
  );
}

/** Chosen is the form for what the address names: ?to= a role, ?knock= a person. Going back closes it. */
function Chosen({ roles, reasons }: { roles: readonly DutyRole[]; reasons: readonly string[] }) {
  const [, navigate] = useLocation();
  const [search] = useSearchParams();
  const to = search.get("to");
  const knock = search.get("knock");
  const person = useQuery({ ...personQuery(knock ?? ""), enabled: knock !== null }).data;
  const close = () => { navigate("/talk", { replace: true }); };
  const role = roles.find((r) => r.covers === to);
  if (role) return <RingForm key={role.covers} asked={{ kind: "role", role }} reasons={reasons} onClose={close} />;
  if (person) return <RingForm key={person.id} asked={{ kind: "knock", person }} reasons={reasons} onClose={close} />;
  return null;
}
