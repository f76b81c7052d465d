import { parseAbsolute, type ZonedDateTime } from "@internationalized/date";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { useClock } from "../ui/clock";
import { Dialog } from "../ui/Dialog";
import { Checkbox, Choice, DateTimeField, TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import type { Card } from "./flags";
import { checkNote } from "./note";
import { useNoteHelp } from "./NewCase";
import { usePatch, type CasePatch } from "./queries";

export const certainties = ["low", "medium", "high"] as const;

/** EditDischarge changes when the patient goes home and how certain that is; on the case page also the note. */
export function EditDischarge({ card, note, onClose }: { card: Card; note?: string; onClose: () => void }) {
  const { t } = useTranslation(["board", "common"]);
  const announce = useAnnounce();
  const { zone } = useClock();
  const patch = usePatch(card.id);
  const [discharge, setDischarge] = useState<ZonedDateTime | null>(() => parseAbsolute(card.discharge, zone));
  const [certainty, setCertainty] = useState(card.certainty as (typeof certainties)[number]);
  const [complex, setComplex] = useState(card.complex);
  const [text, setText] = useState(note ?? "");
  const help = useNoteHelp(text);
  const save = () => {
    if (!discharge || checkNote(text)) return;
    const body: CasePatch = { discharge: discharge.toDate().toISOString(), certainty, complex };
    if (note !== undefined) body.note = text.trim();
    patch.mutate({ patch: body, revision: card.revision }, { onSuccess: () => { announce(t("board:announce.saved")); onClose(); } });
  };
  return (
    <Dialog
      title={t("board:case.edit_title")} isOpen onClose={onClose}
      actions={
        <>
          <Button variant="primary" onPress={save} busy={patch.isPending} isDisabled={!discharge}>{t("common:save")}</Button>
          <Button variant="quiet" onPress={onClose}>{t("common:cancel")}</Button>
        </>
      }
    >
      <DateTimeField label={t("board:form.discharge")} value={discharge} onChange={(v) => { setDischarge(v as ZonedDateTime | null); }} />
      <Choice label={t("board:certainty.label")} options={certainties.map((id) => ({ id, label: t(`board:certainty.${id}`) }))} value={certainty} onChange={setCertainty} />
      <Checkbox isSelected={complex} onChange={setComplex}>{t("board:complex")}</Checkbox>
      {note !== undefined ? <TextField multiline label={t("board:form.note")} hint={help.hint} error={help.error} value={text} onChange={setText} /> : null}
      {patch.isError ? <ProblemNote problem={asProblem(patch.error)} /> : null}
    </Dialog>
  );
}
