import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../ui/Button";
import { Banner } from "../ui/surfaces";
import { personasQuery } from "./queries";

/** DemoHint stands on the sign-in page of a demo, where nobody has a mailbox. */
export function DemoHint() {
  const { t } = useTranslation("common");
  const personas = useQuery({ ...personasQuery, retry: false });
  if (!personas.isSuccess) return null;
  return <Banner action={<ButtonLink href="/demo">{t("sign_in.demo_action")}</ButtonLink>}>{t("sign_in.demo")}</Banner>;
}
