import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { Button, ButtonLink } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import { clock } from "../ui/time";
import { RingLine } from "./Hunt";
import { PhoneLink } from "./PhoneLink";
import { KeyFor, useBookTalk, useRing, type Consult } from "./queries";
import { useSpeech } from "./useSpeech";
import { againAs, coversOf, laterOn, listed, placeWords, roleWords, soughtWords } from "./wording";

/** MissedNext is what the caller can do when nobody took it: a phone number, ten minutes today, the deputy, the next on duty. */
export function MissedNext({ consult, over }: { consult: Consult; over: readonly Schemas["RingView"][] }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const { fallback } = consult;
  const next = laterOn(fallback?.next_on_duty, speech.now);
  return (
    <div className="stack">
      {over.length > 0 ? <ol className="hunt">{over.map((r) => <RingLine key={r.person.id + r.at} ring={r} />)}</ol> : null}
      <NoteLeft consult={consult} />
      {consult.you === "caller" ? (
        <section className="stack next-steps" aria-labelledby="steps">
          <h2 id="steps">{t("missed.steps")}</h2>
          {fallback?.phone ? <PhoneLink large phone={fallback.phone} who={fallback.phone_of || soughtWords(consult, speech)} /> : null}
          {fallback?.phone && fallback.phone_of ? <p className="quiet small next-under">{fallback.phone_of}</p> : null}
          {fallback ? <Slots consult={consult} slots={fallback.slots ?? []} /> : null}
          <Others consult={consult} />
          {next ? <p>{t("missed.next")}: <Time at={next.start} as="day" /> {listed((next.people ?? []).map((p) => p.name), speech.language)}</p> : null}
        </section>
      ) : null}
      <div><ButtonLink href="/talk" variant="quiet">{t("calling.to_talk")}</ButtonLink></div>
    </div>
  );
}

/** NoteLeft says who knows of the call, and what has become of the note. */
function NoteLeft({ consult }: { consult: Consult }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const left = consult.fallback?.note_left ?? consult.note !== undefined;
  const text = consult.kind === "knock" ? t("missed.note_person", { name: consult.person?.name ?? "" }) : t("missed.note_role", { role: placeWords(consult.unit) || soughtWords(consult, speech) });
  return (
    <div role="status">
      <p>{left ? text : t("missed.no_note")}</p>
      {consult.note?.taken_by ? <p><strong>{t("missed.taken", { name: consult.note.taken_by.name })}</strong></p>
        : consult.note?.read_by ? <p>{t("missed.read", { name: consult.note.read_by.name })}</p> : null}
    </div>
  );
}

/** Slots are booked with one tap. */
function Slots({ consult, slots }: { consult: Consult; slots: readonly Schemas["TalkSlot"][] }) {
  const { t } = useTranslation("talk");
  const { zone } = useSpeech();
  const [, navigate] = useLocation();
  const book = useBookTalk(consult.id);
  const [key] = useState(() => new KeyFor());
  const problem = book.isError ? asProblem(book.error) : null;
  return (
    <div className="stack-s">
      <h3>{t("missed.slots")}</h3>
      {slots.length === 0 ? <p className="quiet">{t("missed.slots_none")}</p> : null}
      <ul className="next-slots">
        {slots.map((slot) => (
          <li key={slot.start + slot.person.id}>
            <Button
              wide busy={book.isPending && book.variables.slot === slot}
              onPress={() => { book.mutate({ slot, key: key.of(slot) }, { onSuccess: (meeting) => { navigate(`/meetings/${meeting.id}`); } }); }}
            >
              {t("missed.slot_book", { time: `${clock(new Date(slot.start), zone)}–${clock(new Date(slot.end), zone)}`, name: slot.person.name })}
            </Button>
          </li>
        ))}
      </ul>
      {problem ? (problem.status === 409 ? <p className="field-error" role="alert">{t("missed.slot_gone")}</p> : <ProblemNote problem={problem} />) : null}
    </div>
  );
}

/** Others are rung with the same words: the deputy's role, or the same once more. */
function Others({ consult }: { consult: Consult }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const [, navigate] = useLocation();
  const ring = useRing();
  const [key] = useState(() => new KeyFor());
  const { deputy } = consult.fallback ?? {};
  const tried = deputy !== undefined && consult.stage > 0;
  const target = consult.person ? { person: consult.person.id } : { covers: coversOf(consult) ?? "" };
  const go = (to: { covers: string } | { person: string }) => {
    const body = againAs(consult, to);
    ring.mutate({ body, key: key.of(body) }, { onSuccess: (made) => { navigate(`/talk/${made.id}`); } });
  };
  return (
    <div className="row">
      {deputy && !tried ? <Button busy={ring.isPending} onPress={() => { go({ covers: deputy.covers }); }}>{t("missed.deputy", { role: roleWords(deputy.role, deputy.unit, speech) })}</Button> : null}
      <Button busy={ring.isPending} onPress={() => { go(target); }}>{t("calling.again")}</Button>
      {ring.isError ? <ProblemNote problem={asProblem(ring.error)} /> : null}
    </div>
  );
}
