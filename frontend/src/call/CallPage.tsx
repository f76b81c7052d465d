import { useQuery, useQueryClient } from "@tanstack/react-query";
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
import "./sheet.css";
import "./stage.css";
import { Check } from "./Check";
import { may } from "./queries";
import { Room } from "./Room";
import { useCall } from "./useCall";
import { Connecting, Waiting } from "./Waiting";

/** Parts are pieces of other features: the guests' links for hosts, and afterwards the text for the record and who was there. */
export type Parts = { guests?: ReactNode; record?: ReactNode; children?: ReactNode };

/** goesStraightIn: the address of a talk that was just accepted says so, once. */
function goesStraightIn(): boolean {
  return location.hash === "#now";
}

/** CallPage is the call: the check before it, the waiting room, the room itself and what comes after. */
export function CallPage({ conference, ...parts }: { conference: string } & Parts) {
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
  const [now] = useState(goesStraightIn);
  useEffect(() => {
    // A reload or the way back must not open a microphone.
    if (goesStraightIn()) history.replaceState(history.state, "", location.pathname + location.search);
  }, []);
  // The first answer decides whether the door is there; a later one must not tear down a running call.
  const [opened, setOpened] = useState<Schemas["ConferenceView"] | null>(null);
  const view = meeting.data;
  if (view && !opened && may(view, "join")) setOpened(view);
  if (opened) return <Session key={opened.id} view={view ?? opened} now={now} {...parts} />;
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

function Session({ view, now, guests, record, children }: { view: Schemas["ConferenceView"]; now: boolean } & Parts) {
  const session = useSession();
  const me = view.participants?.find((p) => p.you);
  const [call] = useState(() => new Call(view.id, view.socket, { soundFirst: now || view.patient_present, now }));
  useEffect(() => {
    call.open();
    return () => { call.close(); };
  }, [call]);
  const { phase, changes } = useCall(call);
  useFresh(view.id, changes, phase.kind === "inside");
  const name = me?.name ?? session.data?.name ?? "";
  const home = session.data?.kind === "person" ? `/meetings/${view.id}` : null;
  const after = { home, record, children: may(view, "view_attendance") ? children : null };
  switch (phase.kind) {
    case "check":
      return <Check call={call} view={view} name={name} />;
    case "starting":
    case "connecting":
      return <Connecting call={call} asking={phase.kind === "starting"} />;
    case "waiting":
      return <Waiting call={call} view={view} name={name} />;
    case "inside":
      return <Room call={call} view={view} guests={may(view, "invite_guests") ? guests : null} />;
    case "left":
      return <After call={call} by={null} {...after} />;
    case "ended":
      return <After call={call} by={phase.by} {...after} />;
  }
}

/** useFresh fetches the meeting again when the call says that its page has changed, and on the way in: who was let in may see more. */
function useFresh(id: string, changes: number, inside: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (changes === 0 && !inside) return;
    for (const queryKey of [keys.conference(id), keys.links(id), keys.attendance(id)]) void queries.invalidateQueries({ queryKey });
  }, [queries, id, changes, inside]);
}
