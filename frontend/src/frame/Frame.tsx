import { CalendarDays, LayoutList, Mail, Settings2, UserRound, Users } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { Button as AriaButton, DialogTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearchParams } from "wouter";
import { allowed, type Session } from "../api/session";
import { setLanguage } from "../i18n/i18n";
import { useLanguage } from "../i18n/words";
import { Select } from "../ui/fields";
import { Banner } from "../ui/surfaces";
import { Me } from "./Me";
import { Notices } from "./Notices";
import { useIdleLock } from "./useIdleLock";
import { useLive } from "./useLive";
import "./frame.css";

type Place = { href: string; label: string; icon: ReactNode };

function usePlaces(session: Session): Place[] {
  const { t } = useTranslation("common");
  const all: (Place & { shown: boolean })[] = [
    { href: "/", label: t("frame.board"), icon: <LayoutList aria-hidden />, shown: allowed(session, "view_board") },
    { href: "/directory", label: t("frame.directory"), icon: <Users aria-hidden />, shown: allowed(session, "view_directory") },
    { href: "/feeds", label: t("frame.calendars"), icon: <CalendarDays aria-hidden />, shown: allowed(session, "view_feeds") },
    { href: "/region", label: t("frame.region"), icon: <Settings2 aria-hidden />, shown: allowed(session, "manage_region") },
    { href: "/demo/mail", label: t("frame.mail"), icon: <Mail aria-hidden />, shown: session.demo },
  ];
  return all.filter((place) => place.shown);
}

/** Frame is the slim bar above every page, on the phone also the bar below, and what concerns the whole page. */
export function Frame({ session, children }: { session: Session; children: ReactNode }) {
  const { t } = useTranslation("common");
  const [path] = useLocation();
  const language = useLanguage();
  const places = usePlaces(session);
  const connected = useLive();
  useIdleLock(session.idle_minutes, session.demo ? "/demo" : "/signin");
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);
  const other = language === "nb" ? "en" : "nb";
  return (
    <div className="frame">
      <a className="skip-link" href="#main">{t("skip")}</a>
      <header className="bar">
        <div className="bar-inside">
          <Link href="/" className="brand">Samtale</Link>
          <UnitSwitch session={session} />
          <nav className="bar-nav" aria-label={t("frame.main")}>
            {places.map((place) => <PlaceLink key={place.href} place={place} path={path} />)}
          </nav>
          <div className="bar-end">
            <AriaButton className="bar-button bar-language" onPress={() => { setLanguage(other); }}>
              <span lang={other}>{other === "nb" ? "Norsk" : "English"}</span>
            </AriaButton>
            <DialogTrigger>
              <AriaButton className="bar-button bar-me" aria-label={`${t("frame.me")}: ${session.name}`}>
                <UserRound aria-hidden />
                <span>{session.name}</span>
              </AriaButton>
              <Me session={session} />
            </DialogTrigger>
          </div>
        </div>
      </header>
      <Notices session={session} />
      {connected ? null : <div className="notices"><Banner tone="amber">{t("frame.offline")}</Banner></div>}
      <main id="main" ref={main} tabIndex={-1}>{children}</main>
      <nav className="bottom-bar" aria-label={t("frame.main")}>
        {places.filter((p) => p.href !== "/region" && p.href !== "/demo/mail").map((place) => <PlaceLink key={place.href} place={place} path={path} />)}
        <DialogTrigger>
          <AriaButton className="place">
            <UserRound aria-hidden />
            <span>{t("frame.me")}</span>
          </AriaButton>
          <Me session={session} places={places.filter((p) => p.href === "/region" || p.href === "/demo/mail")} />
        </DialogTrigger>
      </nav>
    </div>
  );
}

function PlaceLink({ place, path }: { place: Place; path: string }) {
  const here = place.href === "/" ? path === "/" || path.startsWith("/cases/") || path === "/new-case" : path.startsWith(place.href);
  return (
    <Link href={place.href} className="place" aria-current={here ? "page" : undefined}>
      {place.icon}
      <span>{place.label}</span>
    </Link>
  );
}

function UnitSwitch({ session }: { session: Session }) {
  const { t } = useTranslation("common");
  const [path, navigate] = useLocation();
  const [search] = useSearchParams();
  const units = session.units ?? [];
  const first = units[0];
  if (path !== "/" || !first) return null;
  const chosen = search.get("unit") ?? first.id;
  if (units.length === 1) return <span className="bar-unit bar-unit-one">{first.name}</span>;
  return (
    <div className="bar-unit">
      <Select
        label={t("frame.unit")}
        labelHidden
        options={units.map((u) => ({ id: u.id, label: u.name, detail: u.organization }))}
        value={chosen}
        onChange={(unit) => { navigate(unit === first.id ? "/" : `/?unit=${encodeURIComponent(unit)}`); }}
      />
    </div>
  );
}
