import { useTranslation } from "react-i18next";
import { setLanguage } from "../i18n/i18n";
import { useLanguage } from "../i18n/words";
import { Button } from "../ui/Button";

const languages = [{ id: "nb", name: "Norsk" }, { id: "en", name: "English" }] as const;

/** LanguageChoice stands on the pages that guests see before the call, each language in its own words. */
export function LanguageChoice() {
  const { t } = useTranslation("call");
  const now = useLanguage();
  return (
    <div className="languages" role="group" aria-label={t("check.language")}>
      {languages.map(({ id, name }) => (
        <Button key={id} variant="quiet" aria-pressed={now === id} onPress={() => { setLanguage(id); }}><span lang={id}>{name}</span></Button>
      ))}
    </div>
  );
}
