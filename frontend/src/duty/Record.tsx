import { useQuery } from "@tanstack/react-query";
import { Check, Copy } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { TextField } from "../ui/fields";
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
  const { t } = useTranslation(["talk", "common"]);
  const announce = useAnnounce();
  const [state, setState] = useState<{ text: string; how: "copied" | "by_hand" } | null>(null);
  const how = state?.text === text ? state.how : null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState({ text, how: "copied" });
      announce(t("common:copied"));
    } catch {
      setState({ text, how: "by_hand" }); // the browser keeps the clipboard closed, or there is none without https
    }
  };
  return (
    <>
      {how === "by_hand" ? <TextField label={t("talk:record.text")} value={text} multiline isReadOnly /> : <pre className="record-text">{text}</pre>}
      <div className="no-print">
        <Button variant="primary" onPress={() => void copy()}>
          {how === "copied" ? <Check aria-hidden /> : <Copy aria-hidden />}{how === "copied" ? t("common:copied") : t("talk:record.copy")}
        </Button>
      </div>
    </>
  );
}
