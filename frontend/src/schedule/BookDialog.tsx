import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { newKey } from "../api/client";
import { asProblem } from "../api/problem";
import { useSession } from "../api/session";
import { useLanguage } from "../i18n/words";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { bodyOf, castOf, guestsOf, readyToBook, type Draft } from "./draft";
import type { FindRequest, Suggestion } from "./finder";
import { GuestRows } from "./GuestRows";
import { HoldLine } from "./HoldLine";
import { holdOf } from "./holdings";
import { useHold, type Hold } from "./holds";
import { standingQuery, useBook } from "./queries";
import { Refused } from "./Refused";
import { SeatRows } from "./SeatRows";
import { staffSeats, type CaseDetail } from "./seats";
import { sparing } from "./standing";
import { When } from "./SuggestionCard";
import { toldOf } from "./told";
import { useSpeech } from "./useSpeech";
import { dayTimeWords, listed, seatWord, upperFirst } from "./wording";

/** Problems after which nothing is booked and another time may have to be chosen. */
const refusals = new Set(["slot-taken", "changed"]);

type BookDialogProps = {
  detail: CaseDetail;
  request: FindRequest;
  first: Suggestion;
  /** One's own hold of this time, if there is one already, and others of one's own for the case, which it takes the place of. */
  found: Hold | null;
  stale: readonly Hold[];
  onClose: () => void;
};

/** BookDialog books one time, which is held while it is open. Everything is filled in: one press is enough. */
export function BookDialog({ detail, request, first, found, stale, onClose }: BookDialogProps) {
  const { t } = useTranslation(["schedule", "common"]);
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const speech = useSpeech(detail);
  const language = useLanguage();
  const seats = detail.seats ?? [];
  const [key, setKey] = useState(newKey);
  const [chosen, setChosen] = useState(first);
  const [edited, setEdited] = useState<Draft["cast"] | null>(null);
  const [guests, setGuests] = useState(() => guestsOf(seats, (seat) => upperFirst(seatWord(seat.id, speech)), language));
  const people = staffSeats(seats).flatMap((seat) => (seat.candidates ?? []).map((p) => p.id));
  const standings = useQuery(standingQuery(detail.id, request, chosen.start, people));
  const booking = useBook(detail.id);
  const offset = useSession().data?.offset ?? 0;
  const { held, keep, extension } = useHold({ wanted: holdOf(detail.id, chosen), found: chosen === first ? found : null, stale });
  const problem = booking.error ? asProblem(booking.error) : held.kind === "refused" ? held.problem : null;
  const known = sparing(standings.data, held.kind === "held" ? (held.hold.cast ?? []).map((c) => c.person) : []);
  const draft: Draft = { cast: edited ?? castOf(seats, chosen, known), guests };
  const ready = readyToBook(draft);
  const refused = problem && refusals.has(problem.kind) ? problem : null;

  const book = () => {
    const hold = held.kind === "held" && Date.parse(held.hold.until) > Date.now() + offset ? held.hold.id : undefined;
    keep(true);
    booking.mutate({ body: bodyOf({ id: detail.id, revision: detail.revision, seats }, chosen, draft, request, hold), key }, {
      onError: () => { keep(false); },
      onSuccess: (meeting) => {
        announce(t("schedule:announce.booked"));
        navigate(`/meetings/${meeting.id}`);
      },
    });
  };
  const choose = (other: Suggestion) => {
    setChosen(other);
    setEdited(null);
    setKey(newKey()); // another meeting than the one that was refused
    booking.reset();
    announce(t("schedule:taken.chosen", { time: dayTimeWords(other.start, speech) }));
  };
  return (
    <Dialog
      title={t("schedule:dialog.title")} isOpen onClose={onClose}
      actions={
        <>
          <Button variant={refused ? "secondary" : "primary"} isDisabled={!ready} busy={booking.isPending || standings.isLoading || held.kind === "asking"} onPress={book}>{t("schedule:book")}</Button>
          <Button variant="quiet" onPress={onClose}>{t("common:cancel")}</Button>
        </>
      }
    >
      {refused ? <Refused problem={refused} detail={detail} request={request} speech={speech} onChoose={choose} /> : null}
      {problem && !refused ? <ProblemNote problem={problem} /> : null}
      <When suggestion={chosen} speech={speech} />
      <HoldLine held={held} extension={extension} />
      <Already detail={detail} />
      {standings.isError ? <Banner quiet>{t("schedule:dialog.unchecked")}</Banner> : null}
      <SeatRows seats={seats} draft={draft} standings={known} start={chosen.start} speech={speech} onChange={(next) => { setEdited(next.cast); }} />
      <GuestRows seats={seats} draft={draft} speech={speech} onChange={(next) => { setGuests(next.guests); }} />
      <Preview draft={draft} detail={detail} />
    </Dialog>
  );
}

/** Already says that the case has a meeting: another one may be meant, but should not come as a surprise. */
function Already({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation("schedule");
  const meeting = detail.conference;
  if (meeting?.state !== "booked") return null;
  return (
    <Banner tone="amber" quiet>
      {t("dialog.already")} <Time at={meeting.start} until={meeting.end} as="day" />. <Link href={`/meetings/${meeting.id}?move=1`}>{t("dialog.move")}</Link>
    </Banner>
  );
}

/** Preview says who will hear of it before anything is sent, and whom somebody has to tell. */
function Preview({ draft, detail }: { draft: Draft; detail: CaseDetail }) {
  const { t } = useTranslation("schedule");
  const language = useLanguage();
  const { mailed, untold } = toldOf(draft, detail);
  if (Object.keys(draft.cast).length === 0) return <p className="quiet small">{t("dialog.nobody_chosen")}</p>;
  return (
    <div className="quiet small">
      {mailed.length > 0 ? <p>{t("dialog.told", { names: listed(mailed, language) })}</p> : null}
      {untold.length > 0 ? <p>{t("dialog.untold", { names: listed(untold, language) })}</p> : null}
    </div>
  );
}
