import { X } from "lucide-react";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";

/** Sheet stands beside the faces, on the phone in their place. The call goes on, so it takes no focus and dims nothing. */
export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation("common");
  const heading = useId();
  return (
    <aside className="sheet" aria-labelledby={heading}>
      <div className="row-apart sheet-head">
        <h2 id={heading}>{title}</h2>
        <Button variant="quiet" icon aria-label={t("close")} onPress={onClose}><X aria-hidden /></Button>
      </div>
      {children}
    </aside>
  );
}
