import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { newKey } from "../api/client";
import { asProblem } from "../api/problem";
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
import { standingQuery, useBook } from "./queries";
import { Refused } from "./Refused";
import { SeatRows } from "./SeatRows";
import { staffSeats, type CaseDetail } from "./seats";
import { When } from "./SuggestionCard";
import { useSpeech } from "./useSpeech";
import { dayTimeWords, seatWord, upperFirst } from "./wording";

/** Problems after which nothing is booked and another time may have to be chosen. */
const refusals = new Set(["slot-taken", "changed"]);

type BookDialogProps = { detail: CaseDetail; request: FindRequest; first: Suggestion; onClose: () => void };

/** BookDialog books one time. Everything is filled in: one press is enough. */
export function BookDialog({ detail, request, first, onClose }: BookDialogProps) {
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
  const problem = booking.error ? asProblem(booking.error) : null;
  const draft: Draft = { cast: edited ?? castOf(seats, chosen, standings.data), guests };
  const ready = readyToBook(draft);
  const refused = problem && refusals.has(problem.kind) ? problem : null;

  const book = () => {
    booking.mutate({ body: bodyOf({ id: detail.id, revision: detail.revision, seats }, chosen, draft, request), key }, {
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
          <Button variant={refused ? "secondary" : "primary"} isDisabled={!ready} busy={booking.isPending || standings.isLoading} onPress={book}>{t("schedule:book")}</Button>
          <Button variant="quiet" onPress={onClose}>{t("common:cancel")}</Button>
        </>
      }
    >
      {refused ? <Refused problem={refused} detail={detail} request={request} speech={speech} onChoose={choose} /> : null}
      {problem && !refused ? <ProblemNote problem={problem} /> : null}
      <When suggestion={chosen} speech={speech} />
      <Already detail={detail} />
      {standings.isError ? <Banner quiet>{t("schedule:dialog.unchecked")}</Banner> : null}
      <SeatRows seats={seats} draft={draft} standings={standings.data} start={chosen.start} speech={speech} onChange={(next) => { setEdited(next.cast); }} />
      <GuestRows seats={seats} draft={draft} speech={speech} onChange={(next) => { setGuests(next.guests); }} />
      <p className="quiet small">{Object.keys(draft.cast).length === 0 ? t("schedule:dialog.nobody_chosen") : t("schedule:dialog.invited", { count: invitedByMail(draft) })}</p>
    </Dialog>
  );
}

/** Already says that the case has a meeting: another one may be meant, but should not come as a surprise. */
function Already({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation("schedule");
  const meeting = detail.conference;
  if (meeting?.state !== "booked") return null;
  return <Banner tone="amber" quiet>{t("dialog.already")} <Time at={meeting.start} until={meeting.end} as="day" /></Banner>;
}

function invitedByMail({ cast, guests }: Draft): number {
  return Object.keys(cast).length + Object.values(guests).filter((g) => g.on && g.email.trim() !== "").length;
}
