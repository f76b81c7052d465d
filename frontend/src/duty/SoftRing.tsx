import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import type { Answer } from "./queries";
import type { Shown } from "./rings";
import { useSpeech } from "./useSpeech";
import { askedWords, callerWords } from "./wording";

/** SoftRing is a silent card for whoever is in consultation. It takes no focus. */
export function SoftRing({ shown, answering, onAnswer }: { shown: Shown; answering: Answer | undefined; onAnswer: (answer: Answer) => void }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const announce = useAnnounce();
  const { consult } = shown;
  const said = t("ring.said_soft", { name: consult.caller.name, reason: speech.say("reason", consult.reason) });
  useEffect(() => { announce(said); }, [announce, said]);
  return (
    <article className="soft-ring" aria-label={t("ring.title_knock", { name: consult.caller.name })}>
      <div>
        <p><strong>{t(consult.kind === "knock" ? "ring.title_knock" : "ring.title", { name: consult.caller.name })}</strong></p>
        <p className="small">{callerWords(consult, speech)}</p>
        <p className="small">{askedWords(consult, speech)}</p>
        {consult.words ? <p className="ring-words small">{consult.words}</p> : null}
      </div>
      <div className="soft-answers">
        <Button variant="primary" busy={answering === "accept"} onPress={() => { onAnswer("accept"); }}>{t("ring.come_in")}</Button>
        <Button onPress={() => { onAnswer("later"); }}>{t("ring.later")}</Button>
        <Button variant="quiet" onPress={() => { onAnswer("decline"); }}>{t("ring.not_now")}</Button>
      </div>
    </article>
  );
}
