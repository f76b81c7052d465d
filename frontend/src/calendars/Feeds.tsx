import { useQuery } from "@tanstack/react-query";
import { CalendarPlus, Clock } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { asProblem } from "../api/problem";
import type { Session } from "../api/session";
import { useTitle } from "../frame/Plain";
import { useLanguage } from "../i18n/words";
import { ButtonLink } from "../ui/Button";
import { useClock } from "../ui/clock";
import { Badge, FlagMark } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, EmptyState, Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import "./calendars.css";
import { broken, levelOf, levelOfFeed, ownersOf, standingOf, type Feed, type Owner } from "./feeds";
import { feedsQuery } from "./queries";
import { useFeedWords } from "./useFeedWords";

/** Feeds says whose calendar is read, how old it is, and what mends it. One's own come first, and can be added to. */
export function Feeds({ session }: { session: Session }) {
  const { t } = useTranslation(["calendars", "common"]);
  useTitle(t("common:feeds.title"));
  const language = useLanguage();
  const found = useQuery(feedsQuery);
  const owners = ownersOf(found.data ?? [], session.person?.id, language);
  const needHelp = broken(owners);
  useAnchor(found.isSuccess);
  return (
    <div className="page page-narrow stack">
      <div className="stack-s">
        <h1>{t("common:feeds.title")}</h1>
        <p className="quiet">{t("calendars:text")}</p>
      </div>
      {session.person ? (
        <div className="row">
          <ButtonLink variant="primary" href="/feeds/add"><CalendarPlus aria-hidden />{t("calendars:add")}</ButtonLink>
          <ButtonLink href="/feeds/hours"><Clock aria-hidden />{t("calendars:hours")}</ButtonLink>
        </div>
      ) : null}
      {found.isError ? <ProblemNote problem={asProblem(found.error)} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton label={t("common:loading")} cards={3} /> : null}
      {found.data && session.person && !owners.some((o) => o.own) ? <Banner><strong>{t("calendars:none_own")}.</strong> {t("calendars:none_own_text")}</Banner> : null}
      {found.data && owners.length === 0 ? <EmptyState title={t("calendars:none")}>{t("calendars:none_text")}</EmptyState> : null}
      {owners.length > 0 ? <Banner tone={needHelp > 0 ? "amber" : "ok"} quiet>{needHelp > 0 ? t("calendars:broken", { count: needHelp }) : t("calendars:all_well")}</Banner> : null}
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
  const { t } = useTranslation("calendars");
  const heading = `of-${owner.person.id}`;
  return (
    <li className="feed" id={owner.person.id} tabIndex={-1} aria-labelledby={heading}>
      <div>
        <h2 id={heading}>{owner.person.name}{owner.own ? <> <Badge tone="accent">{t("own")}</Badge></> : null}</h2>
        <p className="quiet small">{[owner.person.title, owner.person.org].filter(Boolean).join(" · ")}</p>
      </div>
      <OwnerState owner={owner} />
      <ul className="feed-parts">{owner.feeds.map((feed) => <Part key={feed.id} feed={feed} several={owner.feeds.length > 1} />)}</ul>
    </li>
  );
}

function OwnerState({ owner }: { owner: Owner }) {
  const { t } = useTranslation("calendars");
  const words = useFeedWords();
  const age = words.age(owner.calendar.read_at);
  const { state, why } = owner.calendar;
  const hurt = state === "unknown" || state === "stale" ? state : null;
  let said: string;
  if (state === "fresh" && why) said = t("fresh_but", { age, why: words.why(why) });
  else if (state === "unknown") said = t("unknown", { why: words.why(why ?? "") });
  else said = state === "none" ? t("no_calendar") : t(state, { age });
  return (
    <div className="feed-state">
      <FlagMark level={levelOf(state)} />
      <div>
        <p>{hurt ? <><strong className="first-upper">{t(`word_${hurt}`)}.</strong> </> : null}{said}</p>
        {hurt === "stale" && why ? <p className="quiet">{t("last_try", { why: words.why(why) })}</p> : null}
        {hurt ? <p>{mend(owner, t)}</p> : null}
      </div>
    </div>
  );
}

/** mend says what makes the calendar readable again, to its owner or about them. */
function mend(owner: Owner, t: ReturnType<typeof useTranslation<"calendars">>["t"]): string {
  const name = owner.person.name;
  const why = owner.calendar.why;
  if (owner.own) return why === "not_found" || why === "refused" || why === "address_lost" ? t("mend.own") : t("mend.own_other");
  if (why === "not_found") return t("mend.not_found", { name });
  if (why === "refused") return t("mend.refused", { name });
  return t("mend.other", { name });
}

/** Part is one calendar of somebody. Its page is for its owner; when somebody has several, each says what is wrong with it. */
function Part({ feed, several }: { feed: Feed; several: boolean }) {
  const { t } = useTranslation("calendars");
  const words = useFeedWords();
  const { now } = useClock();
  const standing = standingOf(feed);
  const name = t(`kind.${feed.kind}`);
  let fault: string | null = null;
  if (standing.kind === "suspicious") fault = t("word_suspicious");
  else if (standing.kind === "failing" && several) fault = words.why(standing.why);
  return (
    <li className="feed-part">
      {feed.mine ? <Link href={`/feeds/${feed.id}`} className="feed-link" aria-label={`${t(`feed.title.${feed.kind}`)} ${words.from(feed)}`}><span className="first-upper">{name}</span></Link> : <span className="first-upper">{name}</span>}
      <span className="feed-about quiet small">
        {words.from(feed)} · {t("events", { count: feed.events })}
        {feed.warnings > 0 ? <> · {t("warnings", { count: feed.warnings })}</> : null}
        {feed.next_at ? <> · {new Date(feed.next_at) > now ? <>{t("next")} <Time at={feed.next_at} /></> : t("next_soon")}</> : null}
      </span>
      {fault ? <p className="feed-fault small"><FlagMark level={levelOfFeed(standing)} /><span className="first-upper">{fault}</span></p> : null}
    </li>
  );
}
