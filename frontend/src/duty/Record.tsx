import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import { CopyText } from "../ui/CopyText";
import { ProblemNote } from "../ui/ProblemNote";
import { Skeleton } from "../ui/surfaces";
import { attendedQuery } from "./attended";
import { consultQuery } from "./queries";
import { recordText, stillTalking } from "./record";
import "./record.css";
import { useSpeech } from "./useSpeech";

/** ConsultRecord is the plain text to paste into the record after a talk that was not planned. Of a planned meeting it shows nothing. */
export function ConsultRecord({ conference, consult }: { conference: string; consult?: string }) {
  const { t } = useTranslation("talk");
  const heading = useId();
  const meeting = useQuery({
    queryKey: keys.conference(conference),
    queryFn: () => answer(api.GET("/v1/conferences/{id}", { params: { path: { id: conference } } })),
  });
  const improvised = meeting.data?.improvised ?? false;
  const request = consult ?? meeting.data?.consult;
  const attendance = useQuery({ ...attendedQuery(conference), enabled: improvised });
  const asked = useQuery({ ...consultQuery(request ?? ""), enabled: improvised && request !== undefined });
  const speech = useSpeech();
  if ((meeting.data && !improvised) || asProblem(attendance.error).status === 403) return null;
  const failed = [meeting, attendance, asked].find((q) => q.isError);
  const ready = meeting.data && attendance.data && (asked.data || request === undefined);
  return (
    <section className="record stack-s" aria-labelledby={heading}>
      <h2 id={heading}>{t("record.title")}</h2>
      {failed ? <ProblemNote problem={asProblem(failed.error)} onRetry={() => void failed.refetch()} /> : null}
      {ready ? (
        <>
          <p className="quiet small">{t(stillTalking(attendance.data) ? "record.running" : "record.hint")}</p>
          <Text text={recordText({ meeting: meeting.data, attendance: attendance.data, consult: asked.data ?? null }, speech)} />
        </>
      ) : failed ? null : <Skeleton label={t("record.loading")} lines={4} />}
    </section>
  );
}

function Text({ text }: { text: string }) {
  const { t } = useTranslation("talk");
  return <CopyText multiline variant="primary" label={t("record.text")} action={t("record.copy")} text={text}><pre className="record-text">{text}</pre></CopyText>;
}
