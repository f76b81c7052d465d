import { Hand, MicOff, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import type { Call } from "./Call";
import { Face, Picture } from "./Picture";
import type { Person, Shared } from "./state";
import { useCapture, useRoleWords } from "./useCall";

/** Tile is one person: a picture or initials, and under it, never over the face, the name, the role and the organisation. */
export function Tile({ person, speaking, size }: { person: Person; speaking: boolean; size: "large" | "small" }) {
  const { t } = useTranslation("call");
  const { place } = useRoleWords();
  const name = person.you ? t("room.you", { name: person.name }) : person.name;
  return (
    <figure className={`tile tile-${size}${speaking ? " tile-speaking" : ""}${person.away ? " tile-away" : ""}`}>
      <div className="tile-picture">
        {person.picture ? <Picture key={person.picture.id} track={person.picture} mirrored={person.you} label={t("room.picture_of", { name })} /> : <Face name={person.name} />}
      </div>
      <figcaption className="tile-who">
        <span className="tile-name">{name}</span>
        <Marks person={person} />
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

/** ScreenTile is the screen that somebody shows, whole: a cut edge may be the line that matters. */
export function ScreenTile({ call, shared, host }: { call: Call; shared: Shared; host: boolean }) {
  const { t } = useTranslation("call");
  const { wishes } = useCapture(call);
  return (
    <figure className="tile tile-large tile-screen">
      <div className="tile-picture">
        {shared.picture ? <Picture key={shared.picture.id} track={shared.picture} label={t("share.picture", { name: shared.name })} /> : (
          <div className="tile-without">
            <p>{t(wishes.soundOnly ? "share.sound_only" : "share.coming")}</p>
            {wishes.soundOnly ? <Button onPress={() => { void call.setSoundOnly(false); }}>{t("share.show")}</Button> : null}
          </div>
        )}
      </div>
      <figcaption className="tile-who">
        <span className="tile-name tile-place-wide">{t("share.title", { who: shared.name })}</span>
        {host ? <Button variant="quiet" onPress={() => { call.unshare(shared.key); }}>{t("share.end")}</Button> : null}
      </figcaption>
    </figure>
  );
}
