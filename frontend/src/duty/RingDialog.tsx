import { Clock3, HeartHandshake, Phone, PhoneOff, UserRoundX, Volume2 } from "lucide-react";
import { useId } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Problem } from "../api/problem";
import { Button } from "../ui/Button";
import { Badge } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import type { Answer, Consult } from "./queries";
import type { Shown } from "./rings";
import { useSpeech } from "./useSpeech";
import { callerWords } from "./wording";

type RingDialogProps = {
  shown: Shown;
  more: number;
  answering: Answer | undefined;
  problem: Problem | null;
  blocked: boolean;
  onSound: () => void;
  onAnswer: (answer: Answer) => void;
};

/**
 * RingDialog is somebody ringing: the whole screen of a phone, a large dialog on a PC. The focus stands on the dialog and not on
 * a button, so that a key meant for another page answers nothing; Escape does not decline.
 */
export function RingDialog({ shown, more, answering, problem, blocked, onSound, onAnswer }: RingDialogProps) {
  const { t } = useTranslation("talk");
  const { consult } = shown;
  const asked = useId();
  const practice = consult.kind === "practice";
  const promised = shown.due || consult.promise !== undefined;
  const title = practice ? t("ring.title_practice") : t(promised ? "ring.title_due" : consult.kind === "knock" ? "ring.title_knock" : "ring.title", { name: consult.caller.name });
  return (
    <ModalOverlay className="ring-veil" isOpen isDismissable={false} isKeyboardDismissDisabled>
      <Modal className="ring-modal">
        <AriaDialog className="ring" role="alertdialog" aria-describedby={asked}>
          <div className="ring-who">
            {more > 0 ? <Badge tone="accent">{t("ring.more", { count: more })}</Badge> : null}
            <Heading slot="title" className="ring-title">{title}</Heading>
            <div id={asked} className="ring-asked">{practice ? <p>{t("ring.practice_text")}</p> : <Asked consult={consult} />}</div>
          </div>
          {problem ? <ProblemNote problem={problem} /> : null}
          {blocked ? <Button wide className="ring-sound" onPress={onSound}><Volume2 aria-hidden />{t("ring.sound")}</Button> : null}
          <div className="ring-answers">
            <Button variant="primary" wide className="ring-accept" busy={answering === "accept"} onPress={() => { onAnswer("accept"); }}><Phone aria-hidden />{t("ring.accept")}</Button>
            {practice || shown.due ? null : <Button wide onPress={() => { onAnswer("later"); }}><Clock3 aria-hidden />{t("ring.later")}</Button>}
            {consult.kind === "specialist" && !promised ? <Button wide onPress={() => { onAnswer("not_me"); }}><UserRoundX aria-hidden />{t("ring.not_me")}</Button> : null}
            {shown.due ? null : <Button wide variant="danger" onPress={() => { onAnswer("decline"); }}><PhoneOff aria-hidden />{t("ring.decline")}</Button>}
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Asked is who asks and for what: all that is known before the talk. */
function Asked({ consult }: { consult: Consult }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const override = consult.ledger?.findLast((line) => line.what === "override")?.why;
  return (
    <>
      <p className="ring-place">{callerWords(consult, speech)}</p>
      {consult.patient_present ? <p className="ring-patient"><HeartHandshake aria-hidden />{t("mark.patient_upper")}</p> : null}
      <p className="ring-reason">{speech.say("reason", consult.reason)}</p>
      <p className="row ring-facts">
        <Badge tone={consult.urgency === "now" ? "amber" : "grey"} mark={consult.urgency === "now"}>{t(`urgency.${consult.urgency}`)}</Badge>
        <Badge>{t("ring.for_minutes", { count: consult.minutes })}</Badge>
      </p>
      {consult.words ? <p className="ring-words">{consult.words}</p> : null}
      {override ? <p className="ring-words">{override}</p> : null}
      {consult.kind === "specialist" && consult.your_ring?.role ? <p className="quiet">{t("ring.as", { role: speech.word("role", consult.your_ring.role) })}</p> : null}
    </>
  );
}
