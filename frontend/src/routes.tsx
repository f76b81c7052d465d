import { lazy, Suspense, type ReactNode } from "react";
import { I18nProvider, RouterProvider } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { allowed, useSession, type Session } from "./api/session";
import { Broken } from "./frame/Broken";
import { Frame } from "./frame/Frame";
import { NoAccess, NoBoard } from "./frame/NoAccess";
import { NotFound } from "./frame/NotFound";
import { Plain } from "./frame/Plain";
import { Signed } from "./frame/Signed";
import { useLanguage } from "./i18n/words";
import { JoinPage } from "./meeting/JoinPage";
import { SetUp } from "./signin/SetUp";
import { SignIn } from "./signin/SignIn";
import { Announcer } from "./ui/Announcer";
import { Skeleton } from "./ui/surfaces";

// Whoever comes by a link on a rural line fetches the link's page and the call, not the board.
const AddFeed = lazy(async () => ({ default: (await import("./calendars/AddFeed")).AddFeed }));
const Attendance = lazy(async () => ({ default: (await import("./report/Attendance")).Attendance }));
const Board = lazy(async () => ({ default: (await import("./board/Board")).Board }));
const CallPage = lazy(async () => ({ default: (await import("./call/CallPage")).CallPage }));
const CasePage = lazy(async () => ({ default: (await import("./board/CasePage")).CasePage }));
const DemoClock = lazy(async () => ({ default: (await import("./demo/DemoClock")).DemoClock }));
const DemoHint = lazy(async () => ({ default: (await import("./demo/DemoHint")).DemoHint }));
const Directory = lazy(async () => ({ default: (await import("./directory/Directory")).Directory }));
const FeedPage = lazy(async () => ({ default: (await import("./calendars/FeedPage")).FeedPage }));
const Feeds = lazy(async () => ({ default: (await import("./calendars/Feeds")).Feeds }));
const FindTime = lazy(async () => ({ default: (await import("./schedule/FindTime")).FindTime }));
const HoursPage = lazy(async () => ({ default: (await import("./calendars/HoursPage")).HoursPage }));
const MailPage = lazy(async () => ({ default: (await import("./demo/MailPage")).MailPage }));
const MeetingPage = lazy(async () => ({ default: (await import("./meeting/MeetingPage")).MeetingPage }));
const NewCase = lazy(async () => ({ default: (await import("./board/NewCase")).NewCase }));
const Personas = lazy(async () => ({ default: (await import("./demo/Personas")).Personas }));
const RegionPage = lazy(async () => ({ default: (await import("./region/RegionPage")).RegionPage }));

/** Routes composes the features, which do not know each other. */
export function Routes() {
  const [, navigate] = useLocation();
  const language = useLanguage();
  return (
    <I18nProvider locale={language === "en" ? "en-GB" : "nb-NO"}>
      <RouterProvider navigate={navigate}>
        <Announcer>
          <Switch>
            <Route path="/call/:id">{({ id }) => <Fetched><Signed>{() => <CallPage conference={id}><Part><Attendance conference={id} /></Part></CallPage>}</Signed></Fetched>}</Route>
            <Route path="/join"><Plain><Fetched><JoinPage /></Fetched></Plain></Route>
            <Route path="/signin"><Plain><Fetched><SignIn><DemoHint /></SignIn></Fetched></Plain></Route>
            <Route path="/setup"><Plain><Fetched><SetUp /></Fetched></Plain></Route>
            <Route path="/demo"><Plain><Fetched><Personas /></Fetched></Plain></Route>
            <Route path="/demo/mail"><MailRoute /></Route>
            <Route>
              <Signed>{(session) => <Frame session={session}><Fetched><Pages session={session} /></Fetched></Frame>}</Signed>
            </Route>
          </Switch>
        </Announcer>
      </RouterProvider>
    </I18nProvider>
  );
}

/** Pages stand in the frame of whoever is signed in. */
function Pages({ session }: { session: Session }) {
  const { t } = useTranslation("common");
  const may = (what: string) => allowed(session, what);
  const own = may("view_feeds") && session.person !== undefined;
  return (
    <Switch>
      <Route path="/"><First session={session} /></Route>
      <Route path="/cases/:id">
        {({ id }) => <CasePage key={id} id={id} find={(detail, open, onOpen) => <Part><FindTime detail={detail} open={open} onOpen={onOpen} /></Part>} />}
      </Route>
      <Route path="/new-case"><NewCase session={session} /></Route>
      <Route path="/meetings/:id">{({ id }) => <MeetingPage key={id} id={id}><Part><Attendance conference={id} /></Part></MeetingPage>}</Route>
      <Route path="/directory">{may("view_directory") ? <Directory /> : <NoAccess title={t("directory.title")} />}</Route>
      <Route path="/feeds">{may("view_feeds") ? <Feeds session={session} /> : <NoAccess title={t("feeds.title")} />}</Route>
      <Route path="/feeds/add">{own ? <AddFeed /> : <NoAccess title={t("feeds.title")} />}</Route>
      <Route path="/feeds/hours">{own ? <HoursPage /> : <NoAccess title={t("feeds.title")} />}</Route>
      <Route path="/feeds/:id">{({ id }) => (may("view_feeds") ? <FeedPage key={id} id={id} /> : <NoAccess title={t("feeds.title")} />)}</Route>
      <Route path="/region">{may("manage_region") ? <RegionPage session={session} /> : <NoAccess title={t("region.title")} />}</Route>
      <Route><NotFound /></Route>
    </Switch>
  );
}

/** First is what somebody most likely came for: the board, for guests the one meeting, for administrators the region. */
function First({ session }: { session: Session }) {
  if (session.kind === "guest" && session.conference) return <Redirect to={`/meetings/${session.conference}`} replace />;
  if (allowed(session, "view_board")) return <Board session={session} />;
  return allowed(session, "manage_region") ? <Redirect to="/region" replace /> : <NoBoard />;
}

/** MailRoute: the demo's mail is for everybody, in the frame for those who are signed in. */
function MailRoute() {
  const session = useSession();
  if (session.data) return <Signed>{(signed) => <Frame session={signed}><Fetched><MailPage /></Fetched></Frame>}</Signed>;
  return <Plain><Fetched>{session.isPending ? null : <DemoClock><MailPage /></DemoClock>}</Fetched></Plain>;
}

/** Fetched shows the shape of a page while its part of the program comes, and what to do when it does not. */
function Fetched({ children }: { children: ReactNode }) {
  const { t } = useTranslation("common");
  const [path] = useLocation();
  return (
    <Broken key={path}>
      <Suspense fallback={<div className="page"><Skeleton label={t("loading")} cards={2} /></div>}>{children}</Suspense>
    </Broken>
  );
}

/** Part is the same for a piece of a page: the rest stays as it is. */
function Part({ children }: { children: ReactNode }) {
  const { t } = useTranslation("common");
  return <Broken part><Suspense fallback={<Skeleton label={t("loading")} />}>{children}</Suspense></Broken>;
}
