import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import type { Session } from "../api/session";
import { useTitle } from "../frame/Plain";
import { useLanguage, useWords } from "../i18n/words";
import { useClock } from "../ui/clock";
import { Badge, FlagMark } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, EmptyState, Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { levelOf, useAge } from "./CalendarLine";
import "./directory.css";
import { broken, ownersOf, type Feed, type Owner } from "./feeds";

/** Feeds says whose calendar is read, how old it is, and what mends it. */
export function Feeds({ session }: { session: Session }) {
  const { t } = useTranslation("common");
  useTitle(t("feeds.title"));
  const language = useLanguage();
  const found = useQuery({ queryKey: keys.feeds, queryFn: async () => (await answer(api.GET("/v1/feeds"))).feeds ?? [], refetchInterval: 60_000 });
  const owners = ownersOf(found.data ?? [], session.person?.id, language);
  const needHelp = broken(owners);
  useAnchor(found.isSuccess);
  return (
    <div className="page page-narrow stack">
      <div className="stack-s">
        <h1>{t("feeds.title")}</h1>
        <p className="quiet">{t("feeds.text")}</p>
      </div>
      {found.isError ? <ProblemNote problem={asProblem(found.error)} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton label={t("loading")} cards={3} /> : null}
      {found.data && owners.length === 0 ? <EmptyState title={t("feeds.none")}>{t("feeds.none_text")}</EmptyState> : null}
      {owners.length > 0 ? <Banner tone={needHelp > 0 ? "amber" : "ok"} quiet>{needHelp > 0 ? t("feeds.broken", { count: needHelp }) : t("feeds.all_well")}</Banner> : null}
      <ul className="feeds">{owners.map((owner) => <OwnerCard key={owner.person.id} owner={owner} />)}</ul>
    </div>
  );
}

/** useAnchor goes to #person once the list is there: the browser has looked for it before. */
function useAnchor(ready: boolean) {
  const gone = useRef(false);
  useEffect(() => {
    if (!ready || gone.current) return;
    gone.current = true;
    const there = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    there?.scrollIntoView({ block: "center" });
    there?.focus({ preventScroll: true });
  }, [ready]);
}

function OwnerCard({ owner }: { owner: Owner }) {
  const { t } = useTranslation("common");
  const heading = `of-${owner.person.id}`;
  return (
    <li className="feed" id={owner.person.id} tabIndex={-1} aria-labelledby={heading}>
      <div>
        <h2 id={heading}>{owner.person.name}{owner.own ? <> <Badge tone="accent">{t("feeds.own")}</Badge></> : null}</h2>
        <p className="quiet small">{[owner.person.title, owner.person.org].filter(Boolean).join(" · ")}</p>
      </div>
      <StateLine owner={owner} />
      <ul className="feed-parts">{owner.feeds.map((feed, i) => <Part key={feed.kind + String(i)} feed={feed} />)}</ul>
    </li>
  );
}

function StateLine({ owner }: { owner: Owner }) {
  const { t } = useTranslation("common");
  const word = useWords("common");
  const age = useAge(owner.calendar);
  const { state, why } = owner.calendar;
  const failed = why ? word("why", why) : "";
  const hurt = state === "unknown" || state === "stale" ? state : null;
  let words: string;
  if (state === "fresh" && why) words = t("feeds.fresh_but", { age, why: failed });
  else if (state === "unknown") words = t("feeds.unknown", { why: failed || word("why", "never_read") });
  else words = state === "none" ? t("calendar.none") : t(`feeds.${state}`, { age });
  return (
    <div className="feed-state">
      <FlagMark level={levelOf(state)} />
      <div>
        <p>{hurt ? <><strong className="feed-word">{t(`feeds.word_${hurt}`)}.</strong> </> : null}{words}</p>
        {hurt === "stale" && why ? <p className="quiet">{t("feeds.last_try", { why: failed })}</p> : null}
        {hurt ? <p>{mend(owner, t)}</p> : null}
      </div>
    </div>
  );
}

/** mend says what makes the calendar readable again, to its owner or about them. */
function mend(owner: Owner, t: ReturnType<typeof useTranslation<"common">>["t"]): string {
  const name = owner.person.name;
  const why = owner.calendar.why;
  if (owner.own) return why === "not_found" || why === "refused" ? t("feeds.mend_own") : t("feeds.mend_own_other");
  if (why === "not_found") return t("feeds.mend_not_found", { name });
  if (why === "refused") return t("feeds.mend_refused", { name });
  return t("feeds.mend_other", { name });
}

function Part({ feed }: { feed: Feed }) {
  const { t } = useTranslation("common");
  const word = useWords("common");
  const { now } = useClock();
  return (
    <li>
      <span className="directory-role">{word("feeds", `kind_${feed.kind}`)}</span>{" "}
      <span className="quiet small">
        {t("feeds.from", { address: feed.address })} · {t("feeds.events", { count: feed.events })}
        {feed.warnings > 0 ? <> · {t("feeds.warnings", { count: feed.warnings })}</> : null}
        {feed.next_at ? <> · {new Date(feed.next_at) > now ? <>{t("feeds.next")} <Time at={feed.next_at} /></> : t("feeds.next_soon")}</> : null}
      </span>
    </li>
  );
}
