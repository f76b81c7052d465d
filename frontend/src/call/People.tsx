import { Activity, Phone, UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { AddByHand } from "./AddByHand";
import type { Call } from "./Call";
import { score } from "./linesText";
import { PatientHere } from "./PatientBanner";
import { Face } from "./Picture";
import { may, useEndByHand } from "./queries";
import { Sheet } from "./Sheet";
import type { Person } from "./state";
import { Marks } from "./Tile";
import { useCall, useRoleWords } from "./useCall";

type View = Schemas["ConferenceView"];
type Participant = Schemas["ParticipantView"];

/** thereByHand lists who is here without a device of their own. */
export function thereByHand(view: View): Participant[] {
  return (view.participants ?? []).filter((p) => p.by_hand && p.by_hand_until === undefined);
}

/** People lists everybody who hears this call: there is no hidden seat. Hosts add whoever sits beside them or is on the phone. */
export function People({ call, view, host, onLines, onClose }: { call: Call; view: View; host: boolean; onLines: () => void; onClose: () => void }) {
  const { t } = useTranslation("call");
  const { people, speakers } = useCall(call);
  const [adding, setAdding] = useState(false);
  const byHand = thereByHand(view);
  const raised = people.filter((p) => p.hand > 0).toSorted((a, b) => a.hand - b.hand);
  return (
    <Sheet title={t("room.here", { count: people.length + byHand.length })} onClose={onClose}>
      {raised.length > 0 ? <Hands call={call} raised={raised} host={host} /> : null}
      <ul className="people" aria-label={t("room.people_label")}>
        {people.map((person) => <Row key={person.key} person={person} speaking={speakers.includes(person.key)} />)}
      </ul>
      {byHand.length > 0 ? (
        <>
          <h3>{t("room.inside_by_hand")}</h3>
          <ul className="people" aria-label={t("room.inside_by_hand")}>{byHand.map((p) => <HandRow key={p.key} view={view} person={p} />)}</ul>
        </>
      ) : null}
      <p className="quiet small">{t("room.hosts_note")}</p>
      <div className="sheet-acts">
        {may(view, "add_by_hand") ? <Button wide onPress={() => { setAdding(true); }}><UserPlus aria-hidden />{t("room.add_by_hand")}</Button> : null}
        {may(view, "keep_consent") ? <PatientHere view={view} /> : null}
        <Button wide onPress={onLines}><Activity aria-hidden />{t("lines.title")}</Button>
      </div>
      {adding ? <AddByHand view={view} here={people} onClose={() => { setAdding(false); }} /> : null}
    </Sheet>
  );
}

function Row({ person, speaking }: { person: Person; speaking: boolean }) {
  const { t } = useTranslation("call");
  const { place } = useRoleWords();
  return (
    <li className={speaking ? "people-row people-speaking" : "people-row"}>
      <Face name={person.name} />
      <span className="people-who">
        <span className="people-name">{person.you ? t("room.you", { name: person.name }) : person.name}</span>
        <span className="quiet small">{place(person)}</span>
        <LineWords person={person} />
      </span>
      <span className="people-marks"><Marks person={person} /></span>
    </li>
  );
}

/** LineWords says how good somebody's line is, as a word and a number. */
function LineWords({ person: { quality } }: { person: Person }) {
  const { t, i18n } = useTranslation("call");
  if (!quality) return null;
  const word = t(`quality.${quality.word}`);
  return <span className="quiet small">{quality.word === "lost" ? word : t("quality.of_5", { word, score: score(quality.score, i18n.language) })}</span>;
}

/** Hands is who wants to speak, in the order in which they said so. */
function Hands({ call, raised, host }: { call: Call; raised: readonly Person[]; host: boolean }) {
  const { t } = useTranslation("call");
  return (
    <section className="hands" aria-label={t("room.hands")}>
      <h3>{t("room.hands")}</h3>
      <ol>
        {raised.map((person) => {
          const id = `hand-${person.key}`;
          return (
            <li key={person.key} className="hands-row">
              <span id={id}>{person.hand}. {person.you ? t("room.you", { name: person.name }) : person.name}</span>
              {host && !person.you ? <Button variant="quiet" aria-describedby={id} onPress={() => { call.lower(person.key); }}>{t("room.lower_hand")}</Button> : null}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function HandRow({ view, person }: { view: View; person: Participant }) {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  const { placeOf } = useRoleWords();
  const end = useEndByHand(view.id);
  const how = t(person.by_hand === "room" ? "room.in_room" : "room.by_phone");
  return (
    <li className="people-row">
      <span className="face" aria-hidden><Phone /></span>
      <span className="people-who">
        <span className="people-name">{person.name}</span>
        <span className="quiet small">{[placeOf(person), how].filter(Boolean).join(" · ")}</span>
      </span>
      {may(view, "add_by_hand") ? (
        <Button variant="quiet" aria-label={t("room.has_left_of", { name: person.name })} busy={end.isPending} onPress={() => { end.mutate(person.key, { onSuccess: () => { announce(t("by_hand.ended", { name: person.name })); } }); }}>
          {t("room.has_left")}
        </Button>
      ) : null}
      {end.isError ? <ProblemNote problem={asProblem(end.error)} /> : null}
    </li>
  );
}
