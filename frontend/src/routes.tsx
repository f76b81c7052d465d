import { lazy, Suspense, type ReactNode } from "react";
import { I18nProvider, RouterProvider } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { api } from "./api/client";
import { allowed, useSession, type Session } from "./api/session";
import { Broken } from "./frame/Broken";
import { pushState, tellLanguage, turnOff, turnOn, whenChanged } from "./duty/push";
import { Frame } from "./frame/Frame";
import { NoAccess, NoBoard } from "./frame/NoAccess";
import { NotFound } from "./frame/NotFound";
import { Plain } from "./frame/Plain";
import { Signed } from "./frame/Signed";
import { useLive } from "./frame/useLive";
import { useLanguage } from "./i18n/words";
import { JoinPage } from "./meeting/JoinPage";
import { idOf, remember, type Push } from "./plan/device";
import { SetUp } from "./signin/SetUp";
import { SignIn } from "./signin/SignIn";
import { Announcer } from "./ui/Announcer";
import { Skeleton } from "./ui/surfaces";

// Whoever comes by a link on a rural line fetches the link's page and the call, not the board.
const AddFeed = lazy(async () => ({ default: (await import("./calendars/AddFeed")).AddFeed }));
const Attendance = lazy(async () => ({ default: (await import("./report/Attendance")).Attendance }));
const Board = lazy(async () => ({ default: (await import("./board/Board")).Board }));
const CallPage = lazy(async () => ({ default: (await import("./call/CallPage")).CallPage }));
const Calling = lazy(async () => ({ default: (await import("./duty/Calling")).Calling }));
const CasePage = lazy(async () => ({ default: (await import("./board/CasePage")).CasePage }));
const ConsultRecord = lazy(async () => ({ default: (await import("./duty/Record")).ConsultRecord }));
const DemoClock = lazy(async () => ({ default: (await import("./demo/DemoClock")).DemoClock }));
const DemoHint = lazy(async () => ({ default: (await import("./demo/DemoHint")).DemoHint }));
const Directory = lazy(async () => ({ default: (await import("./directory/Directory")).Directory }));
const DutyPage = lazy(async () => ({ default: (await import("./plan/DutyPage")).DutyPage }));
const FeedPage = lazy(async () => ({ default: (await import("./calendars/FeedPage")).FeedPage }));
const Feeds = lazy(async () => ({ default: (await import("./calendars/Feeds")).Feeds }));
const FindTime = lazy(async () => ({ default: (await import("./schedule/FindTime")).FindTime }));
const GuestPanel = lazy(async () => ({ default: (await import("./meeting/GuestPanel")).GuestPanel }));
const HoursPage = lazy(async () => ({ default: (await import("./calendars/HoursPage")).HoursPage }));
const MailPage = lazy(async () => ({ default: (await import("./demo/MailPage")).MailPage }));
const MeetingPage = lazy(async () => ({ default: (await import("./meeting/MeetingPage")).MeetingPage }));
const NewCase = lazy(async () => ({ default: (await import("./board/NewCase")).NewCase }));
const KeepDevice = lazy(async () => ({ default: (await import("./plan/KeepDevice")).KeepDevice }));
const Personas = lazy(async () => ({ default: (await import("./demo/Personas")).Personas }));
const Practice = lazy(async () => ({ default: (await import("./duty/Practice")).Practice }));
const ReachPage = lazy(async () => ({ default: (await import("./plan/ReachPage")).ReachPage }));
const RegionPage = lazy(async () => ({ default: (await import("./region/RegionPage")).RegionPage }));
const Rings = lazy(async () => ({ default: (await import("./duty/Rings")).Rings }));
const Talk = lazy(async () => ({ default: (await import("./duty/Talk")).Talk }));

/** What this browser can do about rings on closed pages. */
const push: Push = { state: pushState, turnOn, turnOff, tellLanguage, whenChanged };

/** Routes composes the features, which do not know each other. */
export function Routes() {
  const [, navigate] = useLocation();
  const language = useLanguage();
  return (
    <I18nProvider locale={language === "en" ? "en-GB" : "nb-NO"}>
      <RouterProvider navigate={navigate}>
        <Announcer>
          <Switch>
            <Route path="/call/:id">{({ id }) => <Fetched><Signed>{(session) => <CallRoute key={id} id={id} session={session} />}</Signed></Fetched>}</Route>
            <Route path="/join"><Plain><Fetched><JoinPage /></Fetched></Plain></Route>
            <Route path="/signin"><Plain><Fetched><SignIn><DemoHint /></SignIn></Fetched></Plain></Route>
            <Route path="/setup"><Plain><Fetched><SetUp /></Fetched></Plain></Route>
            <Route path="/demo"><Plain><Fetched><Personas /></Fetched></Plain></Route>
            <Route path="/demo/mail"><MailRoute /></Route>
            <Route>
              <Signed>{(session) => <Framed session={session}><Pages session={session} /></Framed>}</Signed>
            </Route>
          </Switch>
        </Announcer>
      </RouterProvider>
    </I18nProvider>
  );
}

/** Framed is the frame with what may come over any page of somebody who can be rung. */
function Framed({ session, children }: { session: Session; children: ReactNode }) {
  const rung = allowed(session, "answer_now");
  const over = rung ? <Quietly><Rings /><KeepDevice push={push} /></Quietly> : null;
  return <Frame session={session} over={over} leaving={rung ? leaveDevice : undefined}><Fetched>{children}</Fetched></Frame>;
}

/** leaveDevice: whoever signs out by hand is not rung here any more. */
async function leaveDevice(): Promise<void> {
  try {
    const endpoint = await turnOff();
    remember(null);
    if (endpoint) await api.DELETE("/v1/reach/devices/{id}", { params: { path: { id: await idOf(endpoint) } } });
  } catch {
    // A push service that does not answer must keep nobody signed in.
  }
}

/** CallRoute is the call without the frame, yet somebody may knock. */
function CallRoute({ id, session }: { id: string; session: Session }) {
  useLive();
  return (
    <>
      {allowed(session, "answer_now") ? <Quietly><Rings inCall /></Quietly> : null}
      <CallPage conference={id} guests={<Part><GuestPanel id={id} /></Part>} record={<Part><ConsultRecord conference={id} /></Part>}><Part><Attendance conference={id} /></Part></CallPage>
    </>
  );
}

/** Quietly shows nothing until it is there, and nothing when it does not come: the page is worth more. */
function Quietly({ children }: { children: ReactNode }) {
  return <Broken silent><Suspense fallback={null}>{children}</Suspense></Broken>;
}

/** Pages stand in the frame of whoever is signed in. */
function Pages({ session }: { session: Session }) {
  const { t } = useTranslation("common");
  const may = (what: string) => allowed(session, what);
  const talks = may("ask_now") || may("answer_now");
  const own = may("view_feeds") && session.person !== undefined;
  return (
    <Switch>
      <Route path="/"><First session={session} /></Route>
      <Route path="/cases/:id">
        {({ id }) => <CasePage key={id} id={id} find={(detail, open, onOpen) => <Part><FindTime detail={detail} open={open} onOpen={onOpen} /></Part>} />}
      </Route>
      <Route path="/new-case"><NewCase session={session} /></Route>
      <Route path="/meetings/:id">{({ id }) => <MeetingPage key={id} id={id}><Part><ConsultRecord conference={id} /></Part><Part><Attendance conference={id} /></Part></MeetingPage>}</Route>
      <Route path="/talk">{talks ? <Talk /> : <NoAccess title={t("frame.talk")} />}</Route>
      <Route path="/talk/:id">{({ id }) => (talks ? <Calling key={id} id={id} /> : <NoAccess title={t("frame.talk")} />)}</Route>
      <Route path="/duty">{may("view_rosters") || may("view_duty") ? <DutyPage /> : <NoAccess title={t("frame.duty")} />}</Route>
      <Route path="/reach">{may("answer_now") ? <ReachPage push={push}><Part><Practice /></Part></ReachPage> : <NoAccess title={t("frame.reach")} />}</Route>
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
  if (session.data) return <Signed>{(signed) => <Framed session={signed}><MailPage /></Framed>}</Signed>;
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
