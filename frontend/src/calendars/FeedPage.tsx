import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, RefreshCw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearchParams } from "wouter";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { useAnnounce } from "../ui/Announcer";
import { Button, ButtonLink } from "../ui/Button";
import { useClock } from "../ui/clock";
import { FlagMark } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import "./calendars.css";
import { Confirm } from "./Confirm";
import { levelOfFeed, standingOf } from "./feeds";
import { feedQuery, useRefresh, useRemove, type Detail } from "./queries";
import { useFeedWords } from "./useFeedWords";
import { Warnings } from "./Warnings";
import { Weeks } from "./Weeks";

/** FeedPage shows one calendar as it was read: its state, the next four weeks, and what in it was not understood. */
export function FeedPage({ id }: { id: string }) {
  const { t } = useTranslation(["calendars", "common"]);
  const found = useQuery(feedQuery(id));
  const [search] = useSearchParams();
  useTitle(found.data ? t(`calendars:feed.title.${found.data.kind}`) : t("common:feeds.title"));
  return (
    <div className="page feed-page stack">
      <p><Link href="/feeds" className="feed-back"><ArrowLeft aria-hidden />{t("calendars:feed.back")}</Link></p>
      {found.isPending ? <><h1 className="sr-only">{t("common:feeds.title")}</h1><Skeleton label={t("common:loading")} cards={3} /></> : null}
      {found.isError && !found.data ? <><h1>{t("common:feeds.title")}</h1><ProblemNote problem={asProblem(found.error)} onRetry={() => void found.refetch()} /></> : null}
      {found.data ? <Found feed={found.data} added={search.has("added")} /> : null}
    </div>
  );
}

function Found({ feed, added }: { feed: Detail; added: boolean }) {
  const { t } = useTranslation("calendars");
  const words = useFeedWords();
  const { zone } = useClock();
  const layers = { busy: feed.busy ?? [], tentative: feed.tentative ?? [], duty: feed.duty ?? [], unknown: feed.unknown ?? [] };
  return (
    <>
      <div>
        <h1>{t(`feed.title.${feed.kind}`)}</h1>
        <p className="quiet first-upper">{feed.mine ? words.from(feed) : [feed.person.name, words.from(feed)].join(", ")}</p>
      </div>
      {added ? <Banner tone={feed.why ? "amber" : "ok"}>{t("feed.added")}</Banner> : null}
      <State feed={feed} />
      {feed.mine ? <Weeks window={feed.window} layers={layers} kind={feed.kind} zone={zone} read={Boolean(feed.read_at)} /> : <p className="quiet">{t("feed.others")}</p>}
      {feed.mine && feed.read_at ? <Warnings warnings={feed.warning_lines ?? []} /> : null}
    </>
  );
}

/** State says how old the copy is, what is wrong with the calendar, when it is read again, and what its owner can do. */
function State({ feed }: { feed: Detail }) {
  const { t } = useTranslation("calendars");
  const words = useFeedWords();
  const { now } = useClock();
  const standing = standingOf(feed);
  const read = feed.read_at ? t(feed.origin === "uploaded" ? "feed.uploaded" : "feed.read", { age: words.age(feed.read_at) }) : t("feed.never");
  return (
    <div className="feed-now">
      <div className="feed-state">
        <FlagMark level={levelOfFeed(standing)} />
        <div>
          <p>
            {read}
            {feed.next_at ? <>, {new Date(feed.next_at) > now ? <>{t("next")} <Time at={feed.next_at} /></> : t("next_soon")}</> : null}
            <span className="quiet"> · {t("events", { count: feed.events })}</span>
          </p>
          <Fault feed={feed} />
          {feed.origin === "uploaded" ? <p className="quiet">{t("feed.static")}</p> : null}
          {feed.origin === "painted" ? <p className="quiet">{t("feed.painted")}</p> : null}
          {feed.origin === "region" && feed.mine ? <p className="quiet">{t("feed.region")}</p> : null}
        </div>
      </div>
      {feed.mine ? <Actions feed={feed} /> : null}
    </div>
  );
}

function Fault({ feed }: { feed: Detail }) {
  const { t } = useTranslation("calendars");
  const words = useFeedWords();
  const standing = standingOf(feed);
  switch (standing.kind) {
    case "read":
    case "never": return null;
    case "suspicious": return <p><strong className="first-upper">{t("word_suspicious")}.</strong> {t("feed.suspicious")}</p>;
    case "failing": return (
      <>
        <p>{standing.since ? t("feed.failing", { since: words.day(standing.since), why: words.why(standing.why) }) : t("feed.failing_plain", { why: words.why(standing.why) })}</p>
        <p>{standing.kept ? t("feed.kept") : t("feed.nothing_kept")}</p>
        {feed.mine ? <p>{standing.why === "not_found" || standing.why === "refused" || standing.why === "address_lost" ? t("mend.own") : t("mend.own_other")}</p> : null}
      </>
    );
  }
}

function Actions({ feed }: { feed: Detail }) {
  const { t } = useTranslation("calendars");
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState(false);
  const refresh = useRefresh(feed.id);
  const remove = useRemove(feed.id);
  const fetched = feed.origin === "region" || feed.origin === "added";
  return (
    <>
      <div className="row">
        {fetched ? <Button busy={refresh.isPending} onPress={() => { refresh.mutate(undefined, { onSuccess: () => { announce(t("feed.refreshed")); } }); }}><RefreshCw aria-hidden />{t("feed.refresh")}</Button> : null}
        {feed.origin === "painted" ? <ButtonLink href="/feeds/hours">{t("feed.change_hours")}</ButtonLink> : null}
        {feed.origin === "added" || feed.origin === "uploaded" ? <Button variant="danger" onPress={() => { setAsked(true); }}>{t("feed.remove")}</Button> : null}
        {refresh.isPending ? <span className="quiet" role="status">{t("feed.refreshing")}</span> : null}
      </div>
      {refresh.isError ? <ProblemNote problem={asProblem(refresh.error)} /> : null}
      {asked ? (
        <Confirm
          title={t("feed.remove_title")} text={t("feed.remove_text")} yes={t("feed.remove")} no={t("feed.keep")} busy={remove.isPending} error={remove.error}
          onYes={() => { remove.mutate(undefined, { onSuccess: () => { announce(t("feed.removed")); navigate("/feeds"); } }); }}
          onClose={() => { setAsked(false); }}
        />
      ) : null}
    </>
  );
}
