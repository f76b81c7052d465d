import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { answer, api } from "../api/client";
import { asProblem, type Problem } from "../api/problem";
import type { Session } from "../api/session";
import { useTitle } from "../frame/Plain";
import { Button, ButtonLink } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, Card } from "../ui/surfaces";
import "./region.css";
import { kilobytes, withSource } from "./source";

type Chosen = { name: string; text: string; size: number };

/** RegionPage takes a REGION.yaml and tells every mistake in it with its line. */
export function RegionPage({ session }: { session: Session }) {
  const { t } = useTranslation("common");
  useTitle(t("region.title"));
  return (
    <div className="page page-narrow stack">
      <div className="stack-s">
        <h1>{t("region.title")}</h1>
        <p className="quiet">{t("region.text")}</p>
      </div>
      {session.region_loaded ? null : <Banner>{t("region.empty")}</Banner>}
      <Upload first={!session.region_loaded} />
    </div>
  );
}

function Upload({ first }: { first: boolean }) {
  const { t } = useTranslation("common");
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const send = useMutation({
    // The file goes as it is, so that the lines of the mistakes are the lines of the file.
    mutationFn: (text: string) => answer(api.PUT("/v1/region", { body: text, bodySerializer: (body) => body, headers: { "Content-Type": "application/yaml" } })),
    onSuccess: () => queries.invalidateQueries(),
  });
  const choose = async (files: FileList | null) => {
    const file = files?.[0];
    if (!file) return;
    send.reset();
    setChosen({ name: file.name, text: await file.text(), size: file.size });
  };
  const problem = send.isError ? asProblem(send.error) : null;
  return (
    <>
      <Card className="stack">
        <div>
          <FileTrigger acceptedFileTypes={[".yaml", ".yml", "application/yaml"]} onSelect={(files) => { void choose(files); }}>
            <Button variant={chosen ? "secondary" : "primary"}><FileText aria-hidden />{chosen ? t("region.choose_other") : t("region.choose")}</Button>
          </FileTrigger>
        </div>
        {chosen ? (
          <>
            <p role="status">{t("region.chosen", { name: chosen.name, size: kilobytes(chosen.size) })}</p>
            <div className="row">
              <Button variant="primary" busy={send.isPending} onPress={() => { send.mutate(chosen.text); }}>{first ? t("region.upload_first") : t("region.upload")}</Button>
              {send.isPending ? <span className="quiet" role="status">{t("region.working")}</span> : null}
            </div>
          </>
        ) : null}
      </Card>
      {send.data ? (
        <Banner tone="ok" action={<ButtonLink href="/directory">{t("frame.directory")}</ButtonLink>}>
          {t("region.done", { name: send.data.name, units: send.data.units, people: send.data.people })}
        </Banner>
      ) : null}
      {problem ? <Refused problem={problem} text={chosen?.text ?? ""} /> : null}
    </>
  );
}

function Refused({ problem, text }: { problem: Problem; text: string }) {
  const { t } = useTranslation("common");
  if (problem.mistakes.length === 0) return <ProblemNote problem={problem} />;
  return (
    <section className="stack" aria-labelledby="mistakes">
      <Banner tone="red"><h2 id="mistakes">{t("region.mistakes", { count: problem.mistakes.length })}</h2></Banner>
      <ol className="mistakes">
        {withSource(problem.mistakes, text).map((m, i) => (
          <li key={`${m.line}-${i}`} className="mistake">
            <p className="mistake-line">{t("region.line", { line: m.line })}</p>
            <div>
              <p lang="en">{m.text}</p>
              {m.source ? <pre className="mistake-source" translate="no"><span className="sr-only">{t("region.source")}: </span>{m.source}</pre> : null}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
