import { asProblem } from "../api/problem";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";

export type ConfirmProps = { title: string; text: string; yes: string; no: string; busy: boolean; error: unknown; onYes: () => void; onClose: () => void };

/** Confirm asks once more before something is forgotten. */
export function Confirm({ title, text, yes, no, busy, error, onYes, onClose }: ConfirmProps) {
  return (
    <Dialog
      title={title} role="alertdialog" isOpen onClose={onClose}
      actions={
        <>
          <Button variant="danger" busy={busy} onPress={onYes}>{yes}</Button>
          <Button variant="quiet" onPress={onClose}>{no}</Button>
        </>
      }
    >
      <p>{text}</p>
      {error ? <ProblemNote problem={asProblem(error)} /> : null}
    </Dialog>
  );
}
