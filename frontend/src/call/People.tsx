import { useTranslation } from "react-i18next";
import { Face } from "./Picture";
import type { Person } from "./state";
import { Marks } from "./Tile";
import { useRoleWords } from "./useCall";

/** People lists everybody who hears this call: there is no hidden seat. */
export function People({ people, speakers }: { people: readonly Person[]; speakers: readonly string[] }) {
  const { t } = useTranslation("call");
  const { place } = useRoleWords();
  return (
    <aside className="people" id="call-people" aria-label={t("room.people_label")}>
      <h2>{t("room.here", { count: people.length })}</h2>
      <ul>
        {people.map((person) => (
          <li key={person.key} className={speakers.includes(person.key) ? "people-row people-speaking" : "people-row"}>
            <Face name={person.name} />
            <span className="people-who">
              <span className="people-name">{person.you ? t("room.you", { name: person.name }) : person.name}</span>
              <span className="quiet small">{place(person)}</span>
            </span>
            <Marks person={person} />
          </li>
        ))}
      </ul>
    </aside>
  );
}
