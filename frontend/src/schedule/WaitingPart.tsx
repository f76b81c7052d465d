import { BellRing, Hourglass } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { newKey } from "../api/client";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { useClock } from "../ui/clock";
import { ProblemNote } from "../ui/ProblemNote";
import { clock } from "../ui/time";
import { Time } from "../ui/Time";
import { bodyOf, guestsOf, readyToBook } from "./draft";
import type { FindRequest } from "./finder";
import { castOfHold, holdingsOf, waitFor } from "./holdings";
import { useLetGo, useStopWaiting, useWait, useWaiting, type Hold, type WaitingView } from "./holds";
import { useBook } from "./queries";
import { guestSeats, type CaseDetail } from "./seats";
import { toldOf } from "./told";
import { useSpeech } from "./useSpeech";
import { dayTimeWords, listed, seatWord, upperFirst } from "./wording";

type WaitingPartProps = {
  detail: CaseDetail;
  request: FindRequest;
  /** Takes up a hold of one's own again; null: this person may not book. */
  onTake: ((hold: Hold) => void) | null;
};

/** WaitingPart is what is held for a case and what it waits for: a freed time first, then one's own hold, others', and the wait. */
export function WaitingPart({ detail, request, onTake }: WaitingPartProps) {
  const { now } = useClock();
  const { waiting, holds } = useWaiting(detail);
  const found = holdingsOf(holds, now.getTime());
  const offers = found.offers.length > 0 ? found.offers : waiting.flatMap((w) => (w.offer && Date.parse(w.offer.until) > now.getTime() ? [w.offer] : []));
  const may = onTake !== null;
  return (
    <>
      {offers.map((offer) => <Offer key={offer.id} offer={offer} detail={detail} request={request} may={may} />)}
      {found.mine.map((hold) => <Own key={hold.id} hold={hold} detail={detail} onTake={onTake} />)}
      {found.others.map((hold) => <Others key={hold.id} hold={hold} />)}
      {offers.length === 0 ? waiting.map((w) => <Waiting key={w.id} waiting={w} id={detail.id} may={may} />) : null}
    </>
  );
}

function Line({ icon, strong, children, actions }: { icon: ReactNode; strong?: boolean; children: ReactNode; actions?: ReactNode }) {
  return (
    <div className={`held-line${strong ? " held-strong" : ""}`} role="status">
      {icon}
      <div className="held-text">{children}</div>
      {actions ? <div className="row">{actions}</div> : null}
    </div>
  );
}

/** Offer is a time that has become free and is held for the case. One press books it with those who were found for it. */
function Offer({ offer, detail, request, may }: { offer: Hold; detail: CaseDetail; request: FindRequest; may: boolean }) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  const [key] = useState(newKey);
  const booking = useBook(detail.id);
  const leave = useLetGo(detail.id);
  const seats = detail.seats ?? [];
  const draft = { cast: castOfHold(offer), guests: guestsOf(seats, (seat) => upperFirst(seatWord(seat.id, speech)), speech.language) };
  const { mailed } = toldOf(draft, detail);
  const find = { ...request, duration_min: Math.round((Date.parse(offer.end) - Date.parse(offer.start)) / 60_000) };
  const book = () => {
    booking.mutate({ body: bodyOf({ id: detail.id, revision: detail.revision, seats }, offer, draft, find, offer.id), key }, {
      onSuccess: (meeting) => {
        announce(t("announce.booked"));
        navigate(`/meetings/${meeting.id}`);
      },
    });
  };
  return (
    <>
      <Line
        strong icon={<BellRing aria-hidden />}
        actions={may ? (
          <>
            <Button variant="primary" isDisabled={!readyToBook(draft)} busy={booking.isPending} onPress={book}>{t("wait.take")}</Button>
            <Button variant="quiet" busy={leave.isPending} onPress={() => { leave.mutate(offer.id); }}>{t("hold.let_go")}</Button>
          </>
        ) : null}
      >
        <p><strong>{t("wait.free")} <Time at={offer.start} until={offer.end} as="day" /></strong></p>
        <p className="small">{t("wait.held", { time: clock(new Date(offer.until), speech.zone) })} {mailed.length > 0 ? t("dialog.told", { names: listed(mailed, speech.language) }) : null}</p>
        {guestSeats(seats).some((seat) => draft.guests[seat.id]?.on) ? <p className="small">{t("wait.guests")}</p> : null}
      </Line>
      {booking.isError ? <ProblemNote problem={asProblem(booking.error)} /> : null}
    </>
  );
}

/** Own is a hold that was left behind, for example by a page that was reloaded. */
function Own({ hold, detail, onTake }: { hold: Hold; detail: CaseDetail; onTake: WaitingPartProps["onTake"] }) {
  const { t } = useTranslation("schedule");
  const { zone } = useClock();
  const leave = useLetGo(detail.id);
  return (
    <Line
      icon={<Hourglass aria-hidden />}
      actions={(
        <>
          {onTake ? <Button onPress={() => { onTake(hold); }}>{t("hold.take")}</Button> : null}
          <Button variant="quiet" busy={leave.isPending} onPress={() => { leave.mutate(hold.id); }}>{t("hold.let_go")}</Button>
        </>
      )}
    >
      <p><Time at={hold.start} until={hold.end} as="day" />: {t("hold.until", { time: clock(new Date(hold.until), zone) })}</p>
    </Line>
  );
}

function Others({ hold }: { hold: Hold }) {
  const { t } = useTranslation("schedule");
  const { zone } = useClock();
  return (
    <Line icon={<Hourglass aria-hidden />}>
      <p><Time at={hold.start} until={hold.end} as="day" />: {t("hold.by", { time: clock(new Date(hold.until), zone), name: hold.by.name, unit: hold.unit.name })}</p>
    </Line>
  );
}

function Waiting({ waiting, id, may }: { waiting: WaitingView; id: string; may: boolean }) {
  const { t } = useTranslation("schedule");
  const stop = useStopWaiting(id);
  return (
    <>
      <Line icon={<Hourglass aria-hidden />} actions={may ? <Button variant="quiet" busy={stop.isPending} onPress={() => { stop.mutate(waiting.id); }}>{t("wait.stop")}</Button> : null}>
        <p>{t("wait.on")} <Time at={waiting.deadline} as="day" />. <span className="quiet small">{t("wait.by", { name: waiting.by.name })} <Time at={waiting.since} as="since" />.</span></p>
      </Line>
      {stop.isError ? <ProblemNote problem={asProblem(stop.error)} /> : null}
    </>
  );
}

/** TellMe puts the case on the waiting list: the first time that becomes free before the deadline is held for it. */
export function TellMe({ detail, request }: { detail: CaseDetail; request: FindRequest }) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  const announce = useAnnounce();
  const { waiting } = useWaiting(detail);
  const [key, setKey] = useState(newKey);
  const wait = useWait(detail.id);
  const find = waitFor(request);
  if (waiting.length > 0 || Date.parse(find.deadline ?? "") <= speech.now.getTime()) return null;
  const ask = () => {
    wait.mutate({ find, key }, { onSuccess: () => { announce(t("wait.noted")); }, onError: () => { setKey(newKey()); } });
  };
  return (
    <div className="stack-s">
      <div><Button className="find-wide" busy={wait.isPending} onPress={ask}><BellRing aria-hidden />{t("wait.ask", { time: dayTimeWords(find.deadline ?? find.window.to, speech) })}</Button></div>
      {wait.isError ? <ProblemNote problem={asProblem(wait.error)} /> : null}
    </div>
  );
}
