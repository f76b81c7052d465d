import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { answer, api } from "../api/client";
import { asProblem } from "../api/problem";
import { enter } from "../api/session";
import { useFragmentToken } from "../frame/fragment";
import { useTitle } from "../frame/Plain";
import { Button, ButtonLink } from "../ui/Button";
import { TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState } from "../ui/surfaces";
import { looksLikeEmail } from "./email";
import "./signin.css";

/** SetUp makes whoever holds the link of `samtale serve` the first administrator, who then brings the region. */
export function SetUp() {
  const { t } = useTranslation("common");
  useTitle(t("setup.title"));
  const token = useFragmentToken();
  if (!token) {
    return (
      <div className="page door-page">
        <EmptyState level={1} title={t("setup.title")} action={<ButtonLink href="/signin">{t("frame.sign_in")}</ButtonLink>}>{t("setup.no_token")}</EmptyState>
      </div>
    );
  }
  return <Form token={token} />;
}

function Form({ token }: { token: string }) {
  const { t } = useTranslation("common");
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [tried, setTried] = useState(false);
  const create = useMutation({
    mutationFn: () => answer(api.POST("/v1/setup", { body: { token, name: name.trim(), email: email.trim() } })),
    onSuccess: async (view) => {
      await enter(queries, view);
      navigate("/region", { replace: true });
    },
  });
  const nameless = name.trim() === "";
  const wrong = !looksLikeEmail(email);
  return (
    <div className="page door-page">
      <div className="stack-s">
        <h1>{t("setup.title")}</h1>
        <p className="quiet">{t("setup.text")}</p>
      </div>
      <form className="stack" noValidate onSubmit={(e) => { e.preventDefault(); setTried(true); if (!nameless && !wrong) create.mutate(); }}>
        <TextField label={t("setup.name")} name="name" autoComplete="name" maxLength={120} value={name} onChange={setName} error={tried && nameless ? t("setup.name_missing") : undefined} />
        <TextField
          label={t("setup.email")} hint={t("setup.email_hint")} type="email" name="email" autoComplete="email" inputMode="email" value={email} onChange={setEmail}
          error={tried && wrong ? t("sign_in.email_wrong") : undefined}
        />
        {create.isError ? <ProblemNote problem={asProblem(create.error)}>{asProblem(create.error).kind === "link-used" ? <div>{t("setup.again")}</div> : null}</ProblemNote> : null}
        <Button variant="primary" type="submit" wide busy={create.isPending}>{t("setup.button")}</Button>
      </form>
    </div>
  );
}
