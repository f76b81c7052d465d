import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { asProblem } from "../api/problem";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Choice } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { usePatch } from "./queries";

const reasons = ["went_home", "cancelled", "died", "other"] as const;

/** CloseCase asks why before a case leaves the boards. */
export function CloseCase({ id, revision, onClose }: { id: string; revision: number; onClose: () => void }) {
  const { t } = useTranslation(["board", "common"]);
  const [, navigate] = useLocation();
  const patch = usePatch(id);
  const [reason, setReason] = useState<(typeof reasons)[number]>("went_home");
  return (
    <Dialog
      title={t("board:case.close_title")} role="alertdialog" isOpen onClose={onClose}
      actions={
        <>
          <Button variant="danger" busy={patch.isPending} onPress={() => { patch.mutate({ patch: { close: reason }, revision }, { onSuccess: () => { navigate("/"); } }); }}>{t("board:case.close")}</Button>
          <Button variant="quiet" onPress={onClose}>{t("common:cancel")}</Button>
        </>
      }
    >
      <p>{t("board:case.close_text")}</p>
      <Choice label={t("board:case.close_reason")} options={reasons.map((r) => ({ id: r, label: t(`board:case.close_${r}`) }))} value={reason} onChange={setReason} />
      {patch.isError ? <ProblemNote problem={asProblem(patch.error)} /> : null}
    </Dialog>
  );
}
