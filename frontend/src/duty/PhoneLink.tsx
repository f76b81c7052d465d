import { Phone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { phoneHref } from "./wording";
import "./words.css";

/** PhoneLink is a number to tap. */
export function PhoneLink({ phone, who, large = false }: { phone: string; who: string; large?: boolean }) {
  const { t } = useTranslation("talk");
  return (
    <a className={large ? "button button-primary phone-large" : "duty-phone"} href={phoneHref(phone)} aria-label={t("phone_of", { phone, who })}>
      <Phone aria-hidden />{phone}
    </a>
  );
}
