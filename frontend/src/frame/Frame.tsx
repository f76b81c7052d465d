import { CalendarClock, CalendarDays, LayoutList, Mail, PhoneCall, Settings2, UserRound, Users } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { Button as AriaButton, DialogTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearchParams } from "wouter";
import { allowed, type Session } from "../api/session";
import { setLanguage } from "../i18n/i18n";
import { useLanguage } from "../i18n/words";
import { ButtonLink } from "../ui/Button";
import { Select } from "../ui/fields";
import { Banner } from "../ui/surfaces";
import { Me, type MeProps } from "./Me";
import { Notices } from "./Notices";
import { useIdleLock } from "./useIdleLock";
import { useLive } from "./useLive";
import "./frame.css";

type Place = { href: string; label: string; icon: ReactNode };

function usePlaces(session: Session): Place[] {
  const { t } = useTranslation("common");
  const all: (Place & { shown: boolean })[] = [
    { href: "/", label: t("frame.board"), icon: <LayoutList aria-hidden />, shown: allowed(session, "view_board") },
    { href: "/talk", label: t("frame.talk"), icon: <PhoneCall aria-hidden />, shown: allowed(session, "ask_now") || allowed(session, "answer_now") },
    { href: "/directory", label: t("frame.directory"), icon: <Users aria-hidden />, shown: allowed(session, "view_directory") },
    { href: "/feeds", label: t("frame.calendars"), icon: <CalendarDays aria-hidden />, shown: allowed(session, "view_feeds") },
    { href: "/duty", label: t("frame.duty"), icon: <CalendarClock aria-hidden />, shown: allowed(session, "view_rosters") || allowed(session, "view_duty") },
    { href: "/region", label: t("frame.region"), icon: <Settings2 aria-hidden />, shown: allowed(session, "manage_region") },
    { href: "/demo/mail", label: t("frame.mail"), icon: <Mail aria-hidden />, shown: session.demo },
  ];
  return all.filter((place) => place.shown);
}

/** What stands in the bar below only for want of room: the rest is under "Me". */
const under = ["/duty", "/region", "/demo/mail"];

export type FrameProps = { session: Session; over?: ReactNode; leaving?: MeProps["leaving"]; children: ReactNode };

/**
 * Frame is the slim bar above every page, on the phone also the bar below, and what concerns the whole page. over is what may come
 * over any page: somebody rings.
 */
export function Frame({ session, over, leaving, children }: FrameProps) {
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
            {places.filter((place) => place.href !== "/talk" || !allowed(session, "ask_now")).map((place) => <PlaceLink key={place.href} place={place} path={path} />)}
          </nav>
          <div className="bar-end">
            {allowed(session, "ask_now") ? <ButtonLink variant="primary" href="/talk" className="bar-now">{t("frame.now")}</ButtonLink> : null}
            <AriaButton className="bar-button bar-language" onPress={() => { setLanguage(other); }}>
              <span lang={other}>{other === "nb" ? "Norsk" : "English"}</span>
            </AriaButton>
            <DialogTrigger>
              <AriaButton className="bar-button bar-me" aria-label={`${t("frame.me")}: ${session.name}`}>
                <UserRound aria-hidden />
                <span>{session.name}</span>
              </AriaButton>
              <Me session={session} leaving={leaving} />
            </DialogTrigger>
          </div>
        </div>
      </header>
      <Notices session={session} />
      {connected ? null : <div className="notices"><Banner tone="amber">{t("frame.offline")}</Banner></div>}
      {over}
      <main id="main" ref={main} tabIndex={-1}>{children}</main>
      <nav className="bottom-bar" aria-label={t("frame.main")}>
        {places.filter((p) => !under.includes(p.href)).map((place) => <PlaceLink key={place.href} place={place} path={path} />)}
        <DialogTrigger>
          <AriaButton className="place">
            <UserRound aria-hidden />
            <span>{t("frame.me")}</span>
          </AriaButton>
          <Me session={session} leaving={leaving} places={places.filter((p) => under.includes(p.href))} />
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
