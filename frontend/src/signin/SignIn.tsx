import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MailCheck } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, useLocation, useSearchParams } from "wouter";
import { answer, api } from "../api/client";
import { asProblem } from "../api/problem";
import { enter, sessionQuery } from "../api/session";
import { useFragmentToken } from "../frame/fragment";
import { useTitle } from "../frame/Plain";
import { useLanguage } from "../i18n/words";
import { Button } from "../ui/Button";
import { TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState } from "../ui/surfaces";
import { looksLikeEmail } from "./email";
import { safeNext } from "./next";
import "./signin.css";

/** SignIn asks for an address, and is also the page that the mailed link opens. children stand under the form. */
export function SignIn({ children }: { children?: ReactNode }) {
  const { t } = useTranslation("common");
  useTitle(t("sign_in.title"));
  const token = useFragmentToken();
  const [search] = useSearchParams();
  const [spent, setSpent] = useState(false);
  const next = safeNext(search.get("next"));
  // The link is often opened beside this page: when it is looked at again, the session is there.
  const session = useQuery({ ...sessionQuery, refetchOnWindowFocus: "always" });
  if (token && !spent) return <Confirm token={token} next={next} onAgain={() => { setSpent(true); }} />;
  if (session.data?.kind === "person") return <Redirect to={next} replace />;
  return <Ask>{children}</Ask>;
}

/** Ask sends a link. The answer is the same for every address, so that nobody can try out who works here. */
function Ask({ children }: { children?: ReactNode }) {
  const { t } = useTranslation("common");
  const language = useLanguage();
  const [email, setEmail] = useState("");
  const [tried, setTried] = useState(false);
  const send = useMutation({ mutationFn: async () => { await api.POST("/v1/session/link", { body: { email: email.trim(), language } }); } });
  const wrong = !looksLikeEmail(email);
  if (send.isSuccess) return <Sent email={email.trim()} onAgain={() => { send.reset(); setTried(false); }} />;
  return (
    <div className="page door-page">
      <div className="stack-s">
        <h1>{t("sign_in.title")}</h1>
        <p className="quiet">{t("sign_in.text")}</p>
      </div>
      <form className="stack" noValidate onSubmit={(e) => { e.preventDefault(); setTried(true); if (!wrong) send.mutate(); }}>
        <TextField
          label={t("sign_in.email")} type="email" name="email" autoComplete="email" inputMode="email" value={email} onChange={setEmail}
          error={tried && wrong ? t("sign_in.email_wrong") : undefined}
        />
        {send.isError ? <ProblemNote problem={asProblem(send.error)} /> : null}
        <Button variant="primary" type="submit" wide busy={send.isPending}>{t("sign_in.send")}</Button>
      </form>
      {children}
    </div>
  );
}

function Sent({ email, onAgain }: { email: string; onAgain: () => void }) {
  const { t } = useTranslation("common");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => { heading.current?.focus(); }, []);
  return (
    <div className="page door-page">
      <MailCheck className="door-sign" aria-hidden />
      <div className="stack-s">
        <h1 ref={heading} tabIndex={-1}>{t("sign_in.sent_title")}</h1>
        <p><strong>{email}</strong></p>
        <p className="quiet">{t("sign_in.sent")}</p>
      </div>
      <div><Button onPress={onAgain}>{t("sign_in.again")}</Button></div>
    </div>
  );
}

/** Confirm is what the mailed link opens. Mail scanners open links too, so that nothing happens before the press. */
function Confirm({ token, next, onAgain }: { token: string; next: string; onAgain: () => void }) {
  const { t } = useTranslation("common");
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const confirm = useMutation({
    mutationFn: () => answer(api.POST("/v1/session", { body: { token } })),
    onSuccess: async (view) => {
      await enter(queries, view);
      navigate(next, { replace: true });
    },
  });
  if (confirm.isError && asProblem(confirm.error).kind === "link-used") {
    return (
      <div className="page door-page">
        <EmptyState level={1} title={t("sign_in.spent_title")} action={<Button variant="primary" onPress={onAgain}>{t("sign_in.new_link")}</Button>}>
          <p role="alert">{t("problem.link-used")}</p>
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="page door-page">
      <div className="stack-s">
        <h1>{t("sign_in.confirm_title")}</h1>
        <p className="quiet">{t("sign_in.confirm")}</p>
      </div>
      {confirm.isError ? <ProblemNote problem={asProblem(confirm.error)} /> : null}
      <Button variant="primary" wide busy={confirm.isPending} onPress={() => { confirm.mutate(); }}>{t("sign_in.button")}</Button>
    </div>
  );
}
