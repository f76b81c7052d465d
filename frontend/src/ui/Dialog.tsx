import { X } from "lucide-react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import "./dialog.css";

export type DialogProps = {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** Buttons, most important first. */
  actions?: ReactNode;
  /** alertdialog: something cannot be undone. */
  role?: "dialog" | "alertdialog";
  children: ReactNode;
};

/** Dialog takes the focus, closes on Escape and gives the focus back. */
export function Dialog({ title, isOpen, onClose, actions, role = "dialog", children }: DialogProps) {
  const { t } = useTranslation("common");
  return (
    <ModalOverlay className="dialog-veil" isOpen={isOpen} isDismissable={role === "dialog"} onOpenChange={(open) => { if (!open) onClose(); }}>
      <Modal className="dialog-modal">
        <AriaDialog className="dialog" role={role}>
          <div className="dialog-head">
            <Heading slot="title" className="dialog-title">{title}</Heading>
            <Button variant="quiet" icon aria-label={t("close")} onPress={onClose}><X aria-hidden /></Button>
          </div>
          <div className="dialog-body">{children}</div>
          {actions ? <div className="dialog-actions">{actions}</div> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
