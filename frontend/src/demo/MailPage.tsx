import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, ExternalLink } from "lucide-react";
import { useEffect, useRef } from "react";
import { Link as AriaLink } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "wouter";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { buttonClass, ButtonLink } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState, Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import "./demo.css";
import { linkKind, splitAddress, threadsOf, type Mail } from "./mail";
import { mailQuery } from "./queries";

/** MailPage is everybody's inbox in the demo: what was really sent by SMTP, and went no further. */
export function MailPage() {
  const { t } = useTranslation(["demo", "common"]);
  useTitle(t("demo:mail.title"));
  const found = useQuery(mailQuery);
  const [search] = useSearchParams();
  const open = found.data?.find((m) => m.id === search.get("id")) ?? null;
  return (
    <div className={`page mail-page${open ? " mail-open" : ""}`}>
      <header className="stack-s mail-head">
        <h1>{t("demo:mail.title")}</h1>
        <p className="quiet">{t("demo:mail.text")}</p>
      </header>
      {found.isError ? <ProblemNote problem={asProblem(found.error)} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton label={t("common:loading")} cards={2} /> : null}
      {found.data?.length === 0 ? <EmptyState title={t("demo:mail.none")} action={<ButtonLink href="/">{t("common:not_found.action")}</ButtonLink>}>{t("demo:mail.none_text")}</EmptyState> : null}
      {found.data && found.data.length > 0 ? (
        <div className="mail-columns">
          <Inbox mails={found.data} open={open?.id ?? null} />
          {open ? <Reading key={open.id} mail={open} /> : <p className="mail-choose quiet">{t("demo:mail.choose")}</p>}
        </div>
      ) : null}
    </div>
  );
}

function Inbox({ mails, open }: { mails: readonly Mail[]; open: string | null }) {
  const { t } = useTranslation("demo");
  return (
    <nav className="inbox" aria-label={t("mail.inbox")}>
      {threadsOf(mails).map((thread) => (
        <section key={thread.subject} aria-label={thread.subject}>
          <div className="inbox-thread">
            <h2>{thread.subject}</h2>
            <p className="quiet small"><Time at={thread.at} as="day" /> · {t("mail.count", { count: thread.mails.length })}</p>
          </div>
          <ul>
            {thread.mails.map((mail) => {
              const to = splitAddress(mail.to);
              return (
                <li key={mail.id}>
                  <Link href={`/demo/mail?id=${encodeURIComponent(mail.id)}`} className="inbox-mail" aria-current={mail.id === open ? "true" : undefined}>
                    <span className="inbox-name">{to.name}</span>
                    {to.name === to.address ? null : <span className="quiet small">{to.address}</span>}
                  </Link>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </nav>
  );
}

function Reading({ mail }: { mail: Mail }) {
  const { t } = useTranslation("demo");
  const subject = useRef<HTMLHeadingElement>(null);
  useEffect(() => { subject.current?.focus(); }, []);
  return (
    <article className="reading" aria-labelledby="mail-subject">
      <div className="reading-back"><ButtonLink variant="quiet" href="/demo/mail"><ArrowLeft aria-hidden />{t("mail.back")}</ButtonLink></div>
      <h2 id="mail-subject" ref={subject} tabIndex={-1} className="reading-subject">{mail.subject}</h2>
      <dl className="reading-head">
        <div><dt>{t("mail.from")}</dt><dd>{mail.from}</dd></div>
        <div><dt>{t("mail.to")}</dt><dd>{mail.to}</dd></div>
        <div><dt>{t("mail.at")}</dt><dd><Time at={mail.at} as="day" /></dd></div>
      </dl>
      <div className="row">{(mail.links ?? []).map((link, i) => <MailLink key={link} link={link} first={i === 0} />)}</div>
      <p className="reading-text">{mail.text}</p>
      {mail.calendar ? (
        <details className="reading-calendar">
          <summary>{t("mail.calendar", { method: mail.method ?? "" })}</summary>
          <p className="quiet small">{t("mail.calendar_text")}</p>
          <pre translate="no">{mail.calendar}</pre>
        </details>
      ) : null}
    </article>
  );
}

/** MailLink opens beside this page, as a mail program would. */
function MailLink({ link, first }: { link: string; first: boolean }) {
  const { t } = useTranslation("demo");
  return (
    <AriaLink href={link} target="_blank" rel="noopener" className={buttonClass(first ? "primary" : "secondary")}>
      {t(`mail.link.${linkKind(link)}`)}<ExternalLink aria-hidden /><span className="sr-only">{t("mail.new_tab")}</span>
    </AriaLink>
  );
}
