import { useQueryClient } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Dialog, Popover } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { api } from "../api/client";
import { allowed, type Session } from "../api/session";
import { setLanguage } from "../i18n/i18n";
import { useLanguage } from "../i18n/words";
import { Button, ButtonLink } from "../ui/Button";
import { Choice } from "../ui/fields";
import { applyTheme, readTheme, type Theme } from "../ui/theme";

export type MeProps = {
  session: Session;
  places?: { href: string; label: string; icon: ReactNode }[];
  /** What must be done before somebody signs out by hand: this device shall ring for them no longer. */
  leaving?: () => Promise<void>;
};

/** Me says who is signed in and holds what is set once: language, appearance, how one is reached, signing out. */
export function Me({ session, places = [], leaving }: MeProps) {
  const { t } = useTranslation("common");
  const language = useLanguage();
  const [theme, setTheme] = useState<Theme>(readTheme);
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const signOut = async () => {
    try {
      await leaving?.();
      await api.DELETE("/v1/session");
    } finally {
      queries.clear();
      navigate(session.demo ? "/demo" : "/signin");
    }
  };
  return (
    <Popover className="popover me" placement="bottom end">
      <Dialog className="me-dialog" aria-label={t("frame.me")}>
        {({ close }) => (
          <>
            <div>
              <strong>{session.name}</strong>
              {session.person?.title ? <div>{session.person.title}</div> : null}
              {session.person?.org ? <div className="quiet small">{session.person.org}</div> : null}
            </div>
            {places.map((place) => (
              <Link key={place.href} href={place.href} className="me-place" onClick={close}>{place.icon}{place.label}</Link>
            ))}
            {allowed(session, "answer_now") ? <Link href="/reach" className="me-place" onClick={close}><BellRing aria-hidden />{t("frame.reach")}</Link> : null}
            <Choice
              label={t("frame.language")}
              options={[{ id: "nb", label: "Norsk" }, { id: "en", label: "English" }]}
              value={language}
              onChange={setLanguage}
            />
            <Choice
              label={t("frame.theme")}
              options={[{ id: "auto", label: t("frame.theme_auto") }, { id: "light", label: t("frame.theme_light") }, { id: "dark", label: t("frame.theme_dark") }]}
              value={theme}
              onChange={(chosen) => { setTheme(chosen); applyTheme(chosen); }}
            />
            {session.demo ? <ButtonLink href="/demo" wide>{t("frame.demo_other")}</ButtonLink> : null}
            <Button wide onPress={() => void signOut()}>{t("frame.sign_out")}</Button>
          </>
        )}
      </Dialog>
    </Popover>
  );
}
