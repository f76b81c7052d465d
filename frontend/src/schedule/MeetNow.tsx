import { PhoneCall } from "lucide-react";
import { useTranslation } from "react-i18next";
import { allowed, useSession } from "../api/session";
import { ButtonLink, type Variant } from "../ui/Button";

/** MeetNow leads to whoever can be rung at once, for those who may ring. */
export function MeetNow({ variant = "quiet" }: { variant?: Variant }) {
  const { t } = useTranslation("schedule");
  const session = useSession().data;
  if (!session || !allowed(session, "ask_now")) return null;
  return <ButtonLink variant={variant} href="/talk"><PhoneCall aria-hidden />{t("soon.now")}</ButtonLink>;
}
