import { useTranslation } from "react-i18next";
import { ButtonLink } from "../ui/Button";
import { EmptyState } from "../ui/surfaces";
import { useTitle } from "./Plain";

/** NoAccess stands for a page that this account cannot open. */
export function NoAccess({ title }: { title: string }) {
  const { t } = useTranslation("common");
  useTitle(title);
  return (
    <div className="page page-narrow">
      <EmptyState level={1} title={title} action={<ButtonLink href="/">{t("no_access.action")}</ButtonLink>}>{t("problem.forbidden")}</EmptyState>
    </div>
  );
}

/** NoBoard is the first page of those who see meetings and no cases: interpreters, privacy officers. */
export function NoBoard() {
  const { t } = useTranslation("common");
  return <div className="page page-narrow"><EmptyState level={1} title={t("no_board.title")}>{t("no_board.text")}</EmptyState></div>;
}
