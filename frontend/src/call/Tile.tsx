import { MicOff, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Face, Picture } from "./Picture";
import type { Person } from "./state";
import { useRoleWords } from "./useCall";

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

/** Marks are shapes with words: the microphone is off, the line is broken. */
export function Marks({ person }: { person: Person }) {
  const { t } = useTranslation("call");
  return (
    <>
      {person.away ? <span className="mark-word"><Unplug aria-hidden />{t("room.away")}</span> : null}
      {person.muted ? <span className="mark-muted"><MicOff aria-hidden /><span className="sr-only">{t("room.muted")}</span></span> : null}
    </>
  );
}
