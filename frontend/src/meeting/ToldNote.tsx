import { Mail, MessageCircleWarning } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../i18n/words";
import type { Told } from "./told";

/** ToldNote says before anything is done who will hear of it, and whom somebody has to tell. */
export function ToldNote({ told }: { told: Told }) {
  const { t } = useTranslation("call");
  const language = useLanguage();
  const names = (list: readonly string[]) => new Intl.ListFormat(language === "en" ? "en-GB" : "nb-NO", { type: "conjunction" }).format(list);
  return (
    <ul className="told small" aria-label={t("change.told_label")}>
      <li><Mail aria-hidden /><span>{told.mailed.length > 0 ? t("change.told", { names: names(told.mailed) }) : t("change.told_nobody")}</span></li>
      {told.untold.length > 0 ? <li><MessageCircleWarning aria-hidden /><span>{t("change.untold", { names: names(told.untold) })}</span></li> : null}
    </ul>
  );
}
