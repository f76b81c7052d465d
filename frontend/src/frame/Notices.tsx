import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Session } from "../api/session";
import { useWords } from "../i18n/words";
import { Banner } from "../ui/surfaces";

/** Notices concern everything below them: nothing is kept, this is a demo, your own calendar is broken. */
export function Notices({ session }: { session: Session }) {
  const { t } = useTranslation("common");
  const word = useWords("common");
  const own = session.calendar;
  const broken = own?.state === "unknown";
  const old = own?.state === "stale";
  if (!session.ephemeral && !session.demo && !broken && !old) return null;
  return (
    <div className="notices no-print">
      {session.ephemeral ? <Banner tone="amber">{t("frame.ephemeral")}</Banner> : null}
      {broken || old ? (
        <Banner tone="amber" action={<Link href="/feeds">{t("frame.own_calendar_action")}</Link>}>
          {broken ? t("frame.own_calendar", { why: word("why", own.why || "never_read") }) : t("frame.own_calendar_old", { hours: Math.round((own?.age_minutes ?? 0) / 60) })}
        </Banner>
      ) : null}
      {session.demo ? (
        <div className="demo-line">{t("frame.demo")} <Link href="/demo">{t("frame.demo_other")}</Link></div>
      ) : null}
    </div>
  );
}
