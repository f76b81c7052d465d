import { useQueries, useQuery } from "@tanstack/react-query";
import { Mail, Phone } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { resources } from "../i18n/i18n";
import { useLanguage, useWords } from "../i18n/words";
import { SearchField, Select } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState, Skeleton } from "../ui/surfaces";
import { CalendarLine } from "./CalendarLine";
import "./directory.css";
import { merge, searchesFor, type Person } from "./search";

/** Directory is who is who: roles and units first, for that is what people know; then the name and how to reach it. */
export function Directory() {
  const { t } = useTranslation("common");
  useTitle(t("directory.title"));
  const language = useLanguage();
  const [text, setText] = useState("");
  const [unit, setUnit] = useState("");
  const searches = searchesFor(useDeferredValue(text), resources[language].common.role);
  const found = useQueries({
    queries: searches.map((q) => ({
      queryKey: keys.directory(q, unit),
      queryFn: async () => (await answer(api.GET("/v1/directory", { params: { query: { q, unit } } }))).people ?? [],
      staleTime: 60_000,
    })),
    combine: (results) => ({
      people: merge(results.map((r) => r.data ?? []), language),
      pending: results.some((r) => r.isPending),
      error: results.find((r) => r.isError)?.error,
      retry: () => { for (const r of results) void r.refetch(); },
    }),
  });
  return (
    <div className="page stack">
      <h1>{t("directory.title")}</h1>
      <div className="directory-search">
        <SearchField label={t("directory.search")} value={text} onChange={setText} />
        <UnitChoice unit={unit} onChange={setUnit} />
      </div>
      {found.error ? <ProblemNote problem={asProblem(found.error)} onRetry={found.retry} /> : null}
      {found.pending && found.people.length === 0 ? <Skeleton label={t("loading")} cards={3} /> : null}
      {!found.pending && !found.error ? <p className="quiet small" role="status">{t("directory.count", { count: found.people.length })}</p> : null}
      {!found.pending && !found.error && found.people.length === 0 ? <EmptyState title={t("directory.none")}>{t("directory.none_text")}</EmptyState> : null}
      <ul className="directory">{found.people.map((person) => <Entry key={person.id} person={person} />)}</ul>
    </div>
  );
}

function UnitChoice({ unit, onChange }: { unit: string; onChange: (unit: string) => void }) {
  const { t } = useTranslation("common");
  const units = useQuery({ queryKey: keys.units, queryFn: async () => (await answer(api.GET("/v1/units"))).units ?? [], staleTime: 300_000 });
  const named = (u: Schemas["UnitDetail"]) => ({ id: u.id, label: u.name, ...(u.organization ? { detail: u.organization } : {}) });
  return <Select label={t("directory.unit")} options={[{ id: "", label: t("directory.all_units") }, ...(units.data ?? []).map(named)]} value={unit} onChange={onChange} />;
}

function Entry({ person }: { person: Person }) {
  const { t } = useTranslation("common");
  const word = useWords("common");
  const places = (person.roles ?? []).map((role, i) => {
    const at = person.units?.[i];
    return { role: word("role", role.role), at: at ? [at.name, at.organization].filter(Boolean).join(", ") : "" };
  });
  return (
    <li className="entry">
      <div className="entry-who">
        <h2>{person.name}</h2>
        {places.map((p) => <p key={p.role + p.at}><span className="directory-role">{p.role}</span>{p.at ? <span className="quiet"> · {p.at}</span> : null}</p>)}
        {places.length === 0 && person.title ? <p>{person.title}</p> : null}
        <CalendarLine calendar={person.calendar} />
      </div>
      <div className="entry-reach">
        {person.phone ? <a href={`tel:${person.phone.replaceAll(/\s/g, "")}`} aria-label={`${t("directory.phone")} ${person.phone}, ${person.name}`}><Phone aria-hidden />{person.phone}</a> : null}
        {person.email ? <a href={`mailto:${person.email}`} aria-label={`${t("directory.email")} ${person.email}, ${person.name}`}><Mail aria-hidden />{person.email}</a> : null}
        {person.phone || person.email ? null : <p className="quiet">{t("directory.unreachable")}</p>}
      </div>
    </li>
  );
}
