import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { useOverride, type Consult } from "./queries";
import { useSpeech } from "./useSpeech";
import { momentWords } from "./wording";

const reasonMost = 120;

/** SoftWait is a knock that lies as a silent card: when the person is free, one's place, and the one interruption that is allowed. */
export function SoftWait({ consult, name }: { consult: Consult; name: string }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const [asking, setAsking] = useState(false);
  const queue = consult.queue ?? 0;
  return (
    <div className="stack">
      <div className="stack-s" role="status">
        {consult.free_at ? <p className="calling-free">{t("calling.free_at", { time: momentWords(consult.free_at, speech) })}</p> : null}
        <p>{queue > 0 ? t("calling.queue", { count: queue }) : t("calling.queue_first")}</p>
        {consult.overridden ? <p>{t("calling.overridden_over")}</p> : null}
      </div>
      <p>{t("calling.soft_text")} {t("calling.soft_wait", { name })}</p>
      {consult.may?.includes("override") ? <div><Button onPress={() => { setAsking(true); }}>{t("interrupt.button")}</Button></div> : null}
      {asking ? <Interrupt id={consult.id} onClose={() => { setAsking(false); }} /> : null}
    </div>
  );
}

const suggestions = ["worse", "leaving", "decision"] as const;

/** Interrupt makes a silent card ring aloud, once, with a reason that is logged. */
function Interrupt({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("talk");
  const [reason, setReason] = useState("");
  const override = useOverride();
  const go = () => { override.mutate({ id, reason: reason.trim() }, { onSuccess: onClose }); };
  return (
    <Dialog
      isOpen onClose={onClose} title={t("interrupt.title")}
      actions={<Button variant="primary" wide isDisabled={reason.trim() === ""} busy={override.isPending} onPress={go}>{t("interrupt.go")}</Button>}
    >
      <p>{t("interrupt.text")}</p>
      <div className="row" role="group" aria-label={t("interrupt.suggest")}>
        {suggestions.map((s) => <Button key={s} onPress={() => { setReason(t(`interrupt.${s}`)); }}>{t(`interrupt.${s}`)}</Button>)}
      </div>
      <TextField label={t("interrupt.reason")} hint={t("interrupt.hint")} maxLength={reasonMost} value={reason} onChange={setReason} />
      {override.isError ? <ProblemNote problem={asProblem(override.error)} /> : null}
    </Dialog>
  );
}
