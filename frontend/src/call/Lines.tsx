import { useTranslation } from "react-i18next";
import { CopyText } from "../ui/CopyText";
import type { Call } from "./Call";
import { factsOf, textOf, type Fact, type Speech } from "./linesText";
import { Sheet } from "./Sheet";
import { useCall, useRoleWords } from "./useCall";

/** Lines is everybody's line in words and numbers, for whoever helps somebody else over the phone. */
export function Lines({ call, code, onClose }: { call: Call; code: string; onClose: () => void }) {
  const { t, i18n } = useTranslation("call");
  const { people, lines, own, session } = useCall(call);
  const { place } = useRoleWords();
  const say: Speech = (key, values = {}) => t(key as "lines.line", values);
  const rows = people.flatMap((person) => lines.filter((line) => line.key === person.key).map((line) => {
    const here = line.session === session;
    return {
      id: line.session, name: person.you ? t("room.you", { name: person.name }) : person.name, here,
      place: [place(person) || t("lines.somebody"), here ? t("lines.here") : ""].filter(Boolean).join(" · "),
      facts: factsOf(line, here ? own : null, say, i18n.language),
    };
  }));
  return (
    <Sheet title={t("lines.title")} onClose={onClose}>
      <p className="quiet small">{t(rows.length > 0 ? "lines.hint" : "lines.none")}</p>
      <ul className="lines" aria-label={t("lines.title")}>
        {rows.map((row) => <Line key={row.id} name={row.name} place={row.place} facts={row.facts} />)}
      </ul>
      {rows.length > 0 ? <CopyText multiline label={t("lines.title")} action={t("lines.copy")} text={textOf(t("room.title", { code }), rows)} /> : null}
    </Sheet>
  );
}

function Line({ name, place, facts }: { name: string; place: string; facts: readonly Fact[] }) {
  return (
    <li className="line">
      <p className="people-name">{name}</p>
      {place ? <p className="quiet small">{place}</p> : null}
      <dl className="line-facts small">
        {facts.map(({ what, is }) => <div key={what}><dt>{what}</dt><dd>{is}</dd></div>)}
      </dl>
    </li>
  );
}
