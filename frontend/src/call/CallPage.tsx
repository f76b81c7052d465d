import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import { useSession } from "../api/session";
import { ButtonLink } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState, Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { After } from "./After";
import { Call } from "./Call";
import "./call.css";
import "./room.css";
import { Check } from "./Check";
import { Room } from "./Room";
import { useCall } from "./useCall";
import { Connecting, Waiting } from "./Waiting";

/**
 * CallPage is the call: the check before it, the waiting room, the room itself and what comes after. children stand under
 * "You have left", for example who was there.
 */
export function CallPage({ conference, children }: { conference: string; children?: ReactNode }) {
  const { t } = useTranslation("call");
  const { t: common } = useTranslation("common");
  const meeting = useQuery({
    queryKey: keys.conference(conference),
    queryFn: () => answer(api.GET("/v1/conferences/{id}", { params: { path: { id: conference } } })),
    refetchOnWindowFocus: false,
  });
  useEffect(() => {
    document.title = `${t("title")} · Samtale`;
    return () => { document.title = "Samtale"; };
  }, [t]);
  // The first answer decides whether the door is there; a later one must not tear down a running call.
  const [opened, setOpened] = useState<Schemas["ConferenceView"] | null>(null);
  const view = meeting.data;
  if (view && !opened && view.you && view.may?.includes("join")) setOpened(view);
  if (opened) return <Session key={opened.id} view={view ?? opened}>{children}</Session>;
  return (
    <main className="page page-narrow">
      {meeting.isPending ? <Skeleton label={common("loading")} cards={1} /> : null}
      {meeting.isError ? <ProblemNote problem={asProblem(meeting.error)} onRetry={() => { void meeting.refetch(); }} /> : null}
      {view ? <Closed view={view} /> : null}
    </main>
  );
}

/** Closed says why there is no call to join. */
function Closed({ view }: { view: Schemas["ConferenceView"] }) {
  const { t } = useTranslation("call");
  const home = <ButtonLink href={`/meetings/${view.id}`}>{t("after.meeting")}</ButtonLink>;
  switch (view.state) {
    case "cancelled":
      return <EmptyState level={1} title={t("closed.cancelled")} action={home} />;
    case "ended":
      return <EmptyState level={1} title={t("closed.ended")} action={home}>{t("closed.ended_text")}</EmptyState>;
    case "booked":
    case "running":
      if (!view.you) return <EmptyState level={1} title={t("closed.not_invited")} action={home}>{t("closed.not_invited_text")}</EmptyState>;
      return <EmptyState level={1} title={t("closed.early")} action={home}>{t("closed.opens")} <Time at={view.opens_at} as="day" /></EmptyState>;
  }
}

function Session({ view, children }: { view: Schemas["ConferenceView"]; children?: ReactNode }) {
  const session = useSession();
  const me = view.participants?.find((p) => p.you);
  const [call] = useState(() => new Call(view.id, view.socket));
  useEffect(() => {
    call.open();
    return () => { call.close(); };
  }, [call]);
  const { phase } = useCall(call);
  const name = me?.name ?? session.data?.name ?? "";
  const home = session.data?.kind === "person" ? `/meetings/${view.id}` : null;
  const after = view.may?.includes("view_attendance") ? children : null;
  switch (phase.kind) {
    case "check":
      return <Check call={call} view={view} name={name} />;
    case "connecting":
      return <Connecting call={call} />;
    case "waiting":
      return <Waiting call={call} name={name} start={view.start} />;
    case "inside":
      return <Room call={call} view={view} />;
    case "left":
      return <After call={call} by={null} home={home}>{after}</After>;
    case "ended":
      return <After call={call} by={phase.by} home={home}>{after}</After>;
  }
}
