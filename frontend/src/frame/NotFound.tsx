import { useTranslation } from "react-i18next";
import { ButtonLink } from "../ui/Button";
import { EmptyState } from "../ui/surfaces";

export function NotFound() {
  const { t } = useTranslation("common");
  return (
    <div className="page page-narrow">
      <EmptyState level={1} title={t("not_found.title")} action={<ButtonLink variant="primary" href="/">{t("not_found.action")}</ButtonLink>}>
        {t("not_found.text")}
      </EmptyState>
    </div>
  );
}
