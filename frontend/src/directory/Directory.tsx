import { useQueries, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "wouter";
import { asProblem } from "../api/problem";
import { allowed, useSession } from "../api/session";
import { useTitle } from "../frame/Plain";
import { resources } from "../i18n/i18n";
import { useLanguage } from "../i18n/words";
import { Button } from "../ui/Button";
import { SearchField, Select } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState, Skeleton } from "../ui/surfaces";
import "./directory.css";
import { Entry } from "./Entry";
import { housesOf } from "./groups";
import { dutyQuery, peopleQuery, unitsQuery } from "./queries";
import { matching, merge, mostPeople, rolesAmong, searchesFor, type Person, type Wanted } from "./search";

const nobody: readonly Person[] = [];

/** Directory is who is who: by hospital, municipality and role, for that is what people know; then the name, what to ask about and how to reach it. */
export function Directory() {
  const { t } = useTranslation("common");
  useTitle(t("directory.title"));
  const [search] = useSearchParams();
  const [wanted, setWanted] = useState<Wanted>({ text: search.get("q") ?? "", house: "", role: "" });
  const found = useFound(useDeferredValue(wanted));
  return (
    <div className="page stack directory-page">
      <h1>{t("directory.title")}</h1>
      <Filters wanted={wanted} onChange={setWanted} />
      {found.error ? <ProblemNote problem={asProblem(found.error)} onRetry={found.retry} /> : null}
      {found.pending && found.people.length === 0 ? <Skeleton label={t("loading")} cards={3} /> : null}
      <p className="quiet small directory-count" role="status">
        {found.pending || found.error ? null : <>{t("directory.count", { count: found.people.length })}{found.cut ? <>. {t("directory.cut")}</> : null}</>}
      </p>
      {!found.pending && !found.error && found.people.length === 0 ? (
        <EmptyState title={t("directory.none")} action={<Button onPress={() => { setWanted({ text: "", house: "", role: "" }); }}>{t("directory.show_all")}</Button>}>{t("directory.none_text")}</EmptyState>
      ) : null}
      <Houses people={found.people} wanted={wanted} onName={(text) => { setWanted({ text, house: "", role: "" }); window.scrollTo(0, 0); }} />
    </div>
  );
}

/** useFound asks the server for what it can find, and keeps of it what is meant. */
function useFound(wanted: Wanted) {
  const language = useLanguage();
  const words = resources[language].common.role;
  return useQueries({
    queries: searchesFor(wanted, words).map((q) => ({ ...peopleQuery(q, wanted.house), placeholderData: (before: Person[] | undefined) => before })),
    combine: (results) => ({
      people: matching(merge(results.map((r) => r.data ?? []), language), wanted, words),
      pending: results.some((r) => r.isPending || r.isPlaceholderData),
      cut: results.some((r) => (r.data?.length ?? 0) >= mostPeople),
      error: results.find((r) => r.isError)?.error,
      retry: () => { for (const r of results) void r.refetch(); },
    }),
  });
}

function Filters({ wanted, onChange }: { wanted: Wanted; onChange: (wanted: Wanted) => void }) {
  const { t } = useTranslation("common");
  const language = useLanguage();
  const words: Readonly<Record<string, string>> = resources[language].common.role;
  const units = useQuery(unitsQuery).data ?? [];
  const everybody = useQuery(peopleQuery("", wanted.house)).data ?? nobody;
  const houses = units.filter((u) => !u.parent).sort((a, b) => Number(a.kind !== "hospital") - Number(b.kind !== "hospital") || a.name.localeCompare(b.name, language));
  const codes = everybody.length < mostPeople ? rolesAmong(everybody, words, language) : Object.keys(words);
  const roles = wanted.role && !codes.includes(wanted.role) ? [wanted.role, ...codes] : codes;
  return (
    <div className="directory-search" role="search">
      <SearchField label={t("directory.search")} value={wanted.text} onChange={(text) => { onChange({ ...wanted, text }); }} />
      <Select
        label={t("directory.house")} value={wanted.house} onChange={(house) => { onChange({ ...wanted, house }); }}
        options={[{ id: "", label: t("directory.all_houses") }, ...houses.map((u) => ({ id: u.id, label: u.name }))]}
      />
      <Select
        label={t("directory.role")} value={wanted.role} onChange={(role) => { onChange({ ...wanted, role }); }}
        options={[{ id: "", label: t("directory.all_roles") }, ...roles.map((code) => ({ id: code, label: firstUpper(words[code] ?? code) }))]}
      />
    </div>
  );
}

function firstUpper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Houses: the first, which is the reader's own, is open; all of them once something is looked for. */
function Houses({ people, wanted, onName }: { people: readonly Person[]; wanted: Wanted; onName: (name: string) => void }) {
  const { t } = useTranslation("common");
  const language = useLanguage();
  const session = useSession().data;
  const units = useQuery(unitsQuery).data ?? [];
  const asks = allowed(session, "ask_now");
  const duty = useQuery({ ...dutyQuery, enabled: asks });
  const ringable = new Set(asks ? (duty.data ?? []).map((role) => role.covers) : []);
  const houses = housesOf(people, wanted, units, (session?.units ?? []).map((u) => u.id), language);
  const near = (i: number) => i === 0 || wanted.text !== "" || wanted.house !== "" || wanted.role !== "";
  return houses.map((house, i) => (
    <details key={`${house.name} ${near(i)}`} className="house" open={near(i)}>
      <summary>
        <h2>{house.name || t("directory.no_house")}</h2> <span className="quiet small">{t("directory.count", { count: house.teams.reduce((sum, team) => sum + team.people.length, 0) })}</span>
      </summary>
      {house.teams.map((team) => (
        <div key={team.unit} className="team">
          {team.unit && team.unit !== house.name ? <h3 className="team-name">{team.unit}</h3> : <h3 className="sr-only">{house.name || t("directory.no_house")}</h3>}
          <ul className="directory">
            {team.people.map(({ person, home }) => <Entry key={person.id} person={person} home={home} you={person.id === session?.person?.id} ringable={ringable} onName={onName} />)}
          </ul>
        </div>
      ))}
    </details>
  ));
}
