import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import { useCancel } from "./queries";
import type { Meeting } from "./standing";
import { toldOf } from "./told";
import { ToldNote } from "./ToldNote";

/** CancelMeeting asks once more: those named get a mail, and that cannot be taken back. */
export function CancelMeeting({ meeting, onClose }: { meeting: Meeting; onClose: () => void }) {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  const cancel = useCancel(meeting.id);
  const go = () => {
    cancel.mutate(meeting.revision, { onSuccess: () => { announce(t("meeting.cancelled")); onClose(); } });
  };
  return (
    <Dialog
      title={t("meeting.cancel_title")} role="alertdialog" isOpen onClose={onClose}
      actions={
        <>
          <Button variant="danger" busy={cancel.isPending} onPress={go}>{t("meeting.cancel")}</Button>
          <Button variant="quiet" onPress={onClose}>{t("meeting.keep")}</Button>
        </>
      }
    >
      <p><strong><Time at={meeting.start} until={meeting.end} as="day" /></strong></p>
      <p>{t("meeting.cancel_text")}</p>
      <ToldNote told={toldOf(meeting.participants ?? [])} />
      {cancel.isError ? <ProblemNote problem={asProblem(cancel.error)} /> : null}
    </Dialog>
  );
}
