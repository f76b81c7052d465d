import { FileText } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { newKey } from "../api/client";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { Button, ButtonLink } from "../ui/Button";
import { Choice, TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner } from "../ui/surfaces";
import { Tabs } from "../ui/Tabs";
import "./calendars.css";
import { addressOf, fileLimit, kinds, refusalOf, type OwnKind } from "./feeds";
import { useAdd, type Source } from "./queries";
import { useFeedWords } from "./useFeedWords";

type Way = Source["way"];

/** AddFeed takes a calendar by its address or as a file; what was read of it is shown at once, on its page. */
export function AddFeed() {
  const { t } = useTranslation(["calendars", "common"]);
  useTitle(t("calendars:add"));
  const [, navigate] = useLocation();
  const [way, setWay] = useState<Way>("url");
  const [kind, setKind] = useState<OwnKind>("busy");
  const [url, setUrl] = useState("");
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [asked, setAsked] = useState(false);
  const add = useAdd();
  const address = addressOf(url);
  const tooLarge = (file?.size ?? 0) > fileLimit;
  const edit = <T,>(set: (value: T) => void) => (value: T) => { add.reset(); set(value); };
  const send = (keep: boolean) => {
    setAsked(true);
    const source = sourceOf();
    if (!source) return;
    add.mutate({ source: source.way === "url" ? { ...source, keep } : source, key: newKey() }, { onSuccess: (made) => { navigate(`/feeds/${made.id}?added`, { replace: true }); } });
  };
  const sourceOf = (): Source | null => {
    if (way === "file") return file && !tooLarge ? { way, kind, file } : null;
    return address ? { way, kind, url: address, user: user.trim(), password, keep: false } : null;
  };
  return (
    <div className="page page-narrow stack">
      <div className="stack-s">
        <h1>{t("calendars:add")}</h1>
        <p className="quiet">{t("calendars:add_form.text")}</p>
      </div>
      <form className="stack" noValidate onSubmit={(e) => { e.preventDefault(); send(false); }}>
        <Choice label={t("calendars:add_form.way")} options={(["url", "file"] as const).map((id) => ({ id, label: t(`calendars:add_form.way_${id}`) }))} value={way} onChange={edit(setWay)} />
        {way === "url" ? (
          <>
            <TextField
              label={t("calendars:add_form.url")} hint={t("calendars:add_form.url_hint")} value={url} onChange={edit(setUrl)} inputMode="url" autoComplete="off" spellCheck="false" maxLength={4096}
              error={asked && !address ? t(url.trim() ? "calendars:add_form.url_wrong" : "calendars:add_form.url_missing") : undefined}
            />
            <div>
              <Help />
              <Lock user={user} password={password} onUser={edit(setUser)} onPassword={edit(setPassword)} />
            </div>
          </>
        ) : <FileChoice file={file} onChoose={edit(setFile)} error={asked && !file ? t("calendars:add_form.file_missing") : tooLarge ? t("calendars:add_form.file_large") : null} />}
        <Choice
          label={t("calendars:add_form.kind")} hint={t(`calendars:add_form.kind_hint_${kind}`)} value={kind} onChange={edit(setKind)}
          options={kinds.map((id) => ({ id, label: t(`calendars:feed.title.${id}`) }))}
        />
        {add.isError ? <Refused error={add.error} onKeep={way === "url" ? () => { send(true); } : null} /> : null}
        <div className="row">
          <Button variant="primary" type="submit" busy={add.isPending}>{t("calendars:add_form.go")}</Button>
          <ButtonLink variant="quiet" href="/feeds">{t("common:cancel")}</ButtonLink>
          {add.isPending ? <span className="quiet" role="status">{t("calendars:add_form.working")}</span> : null}
        </div>
      </form>
    </div>
  );
}

const steps = ["1", "2", "3"] as const;

/** Help is three steps for each of the calendars most people have. */
function Help() {
  const { t } = useTranslation("calendars");
  const items = (["outlook", "google", "apple"] as const).map((id) => ({
    id, label: t(`find.${id}`),
    content: <ol className="add-steps">{steps.map((n) => <li key={n}>{t(`find.${id}_${n}`)}</li>)}</ol>,
  }));
  return (
    <details className="disclosure">
      <summary>{t("add_form.help")}</summary>
      <Tabs label={t("add_form.help")} items={items} />
    </details>
  );
}

type LockProps = { user: string; password: string; onUser: (value: string) => void; onPassword: (value: string) => void };

function Lock({ user, password, onUser, onPassword }: LockProps) {
  const { t } = useTranslation("calendars");
  return (
    <details className="disclosure">
      <summary>{t("add_form.lock")}</summary>
      <div className="add-lock">
        <TextField label={t("add_form.user")} value={user} onChange={onUser} autoComplete="off" spellCheck="false" maxLength={254} />
        <TextField label={t("add_form.password")} hint={t("add_form.lock_hint")} type="password" value={password} onChange={onPassword} autoComplete="new-password" maxLength={512} />
      </div>
    </details>
  );
}

function FileChoice({ file, onChoose, error }: { file: File | null; onChoose: (file: File | null) => void; error: string | null }) {
  const { t } = useTranslation("calendars");
  return (
    <div className="stack-s">
      <p className="field-hint">{t("add_form.file_hint")}</p>
      <div>
        <FileTrigger acceptedFileTypes={[".ics", ".ifb", ".ical", "text/calendar"]} onSelect={(files) => { onChoose(files?.[0] ?? null); }}>
          <Button><FileText aria-hidden />{file ? t("add_form.file_other") : t("add_form.file")}</Button>
        </FileTrigger>
      </div>
      {file ? <p role="status">{t("add_form.file_chosen", { name: file.name, size: Math.max(1, Math.round(file.size / 1024)) })}</p> : null}
      {error ? <p className="field-error" role="alert">{error}</p> : null}
    </div>
  );
}

/** Refused says why a calendar was not taken. What cannot be read now may be readable in an hour, so it can be added all the same. */
function Refused({ error, onKeep }: { error: unknown; onKeep: (() => void) | null }) {
  const { t } = useTranslation("calendars");
  const words = useFeedWords();
  const problem = asProblem(error);
  const refusal = refusalOf(problem);
  switch (refusal.kind) {
    case "other": return <ProblemNote problem={problem} />;
    case "many": return <Banner tone="red">{t("add_form.many")}</Banner>;
    case "address": return <Banner tone="red">{t("add_form.private")}</Banner>;
    case "unreadable": return (
      <Banner tone="red" action={onKeep ? <Button onPress={onKeep}>{t("add_form.anyway")}</Button> : null}>
        <strong>{t("add_form.unreadable", { why: words.why(refusal.why) })}</strong>
        {onKeep ? <> {t("add_form.anyway_text")}</> : null}
      </Banner>
    );
  }
}
