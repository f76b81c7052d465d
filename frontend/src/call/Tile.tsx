import { Activity, Hand, MicOff, Pause as PauseSign, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import type { Call } from "./Call";
import { Face, Picture } from "./Picture";
import type { Person, Shared } from "./state";
import { useCall, useCapture, useRoleWords } from "./useCall";
import { useSight } from "./useSight";

/** Tile is one person: a picture or initials, and under it, never over the face, the name, the role and the organisation. */
export function Tile({ call, person, speaking, size }: { call: Call; person: Person; speaking: boolean; size: "large" | "small" }) {
  const { t } = useTranslation("call");
  const { place } = useRoleWords();
  const sight = useSight(call, person.key, "camera", size === "large");
  const name = person.you ? t("room.you", { name: person.name }) : person.name;
  return (
    <figure className={`tile tile-${size}${speaking ? " tile-speaking" : ""}${person.away ? " tile-away" : ""}`}>
      <div className="tile-picture" ref={person.you ? undefined : sight}>
        {person.picture ? <Picture key={person.picture.id} track={person.picture} mirrored={person.you} label={t("room.picture_of", { name })} /> : <Face name={person.name} />}
        {person.picture || !person.paused || person.paused === "choice" ? null : <p className="tile-paused small"><PauseSign aria-hidden />{t(size === "large" ? `paused.${person.paused}` : "paused.short")}</p>}
      </div>
      <figcaption className="tile-who">
        <span className="tile-name">{name}</span>
        <Marks person={person} />
        {person.you ? <OwnPause call={call} /> : <LineMark person={person} />}
        <span className="tile-place">{place(person)}</span>
        {speaking ? <span className="sr-only">{t("room.speaking")}</span> : null}
      </figcaption>
    </figure>
  );
}

/** Marks are shapes with words: the hand is raised, the microphone is off, the line is broken. */
export function Marks({ person }: { person: Person }) {
  const { t } = useTranslation("call");
  return (
    <>
      {person.hand > 0 ? <span className="mark-hand"><Hand aria-hidden /><span aria-hidden>{person.hand}</span><span className="sr-only">{t("room.hand", { number: person.hand })}</span></span> : null}
      {person.away ? <span className="mark-word"><Unplug aria-hidden />{t("room.away")}</span> : null}
      {person.muted ? <span className="mark-muted"><MicOff aria-hidden /><span className="sr-only">{t("room.muted")}</span></span> : null}
    </>
  );
}

/** LineMark is there only when somebody's line is not good: then it is not they who are unclear. */
function LineMark({ person: { quality, away } }: { person: Person }) {
  const { t } = useTranslation("call");
  if (!quality || quality.word === "good" || away) return null;
  return <span className={`mark-word${quality.word === "fair" ? " mark-fair" : ""}`}><Activity aria-hidden />{t(`quality.${quality.word}`)}</span>;
}

/** OwnPause: you still see yourself, so it must be said that the others do not. */
function OwnPause({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { keptUp } = useCall(call);
  return keptUp === "picture" ? <span className="mark-word"><PauseSign aria-hidden />{t("paused.short")}</span> : null;
}

/** ScreenTile is the screen that somebody shows, whole: a cut edge may be the line that matters. */
export function ScreenTile({ call, shared, host }: { call: Call; shared: Shared; host: boolean }) {
  const { t } = useTranslation("call");
  const sight = useSight(call, shared.key, "screen", true);
  return (
    <figure className="tile tile-large tile-screen">
      <div className="tile-picture" ref={sight}>
        {shared.picture ? <Picture key={shared.picture.id} track={shared.picture} label={t("share.picture", { name: shared.name })} /> : <WithoutScreen call={call} shared={shared} />}
      </div>
      <figcaption className="tile-who">
        <span className="tile-name tile-place-wide">{t("share.title", { who: shared.name })}</span>
        {host ? <Button variant="quiet" onPress={() => { call.unshare(shared.key); }}>{t("share.end")}</Button> : null}
      </figcaption>
    </figure>
  );
}

/** WithoutScreen says why the screen is not there, and mends it where a press can. */
function WithoutScreen({ call, shared: { paused } }: { call: Call; shared: Shared }) {
  const { t } = useTranslation("call");
  const { wishes } = useCapture(call);
  if (!wishes.soundOnly) return <div className="tile-without"><p>{t(paused === "line" || paused === "sender" ? `share.paused_${paused}` : "share.coming")}</p></div>;
  return (
    <div className="tile-without">
      <p>{t("share.sound_only")}</p>
      <Button onPress={() => { void call.setSoundOnly(false); }}>{t("share.show")}</Button>
    </div>
  );
}
