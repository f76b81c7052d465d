import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/words";
import { FlagMark } from "../ui/FlagMark";
import { groupsOf, type Group, type Warning } from "./warnings";

/** How many lines of a kind are shown before the reader asks for the rest. */
const shownAtOnce = 3;

/** Warnings says in plain words what of a calendar was not understood, with the lines that are to blame. */
export function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  const { t } = useTranslation("calendars");
  const groups = groupsOf(warnings);
  return (
    <section className="stack-s" aria-labelledby="unclear">
      <h2 id="unclear">{t("unclear.title")}</h2>
      {groups.length === 0 ? <p className="quiet">{t("unclear.none")}</p> : <p className="quiet">{t("unclear.intro")}</p>}
      <ul className="unclear">{groups.map((group) => <GroupItem key={group.code} group={group} />)}</ul>
    </section>
  );
}

function GroupItem({ group }: { group: Group }) {
  const { t, i18n } = useTranslation("calendars");
  const word = useWords("calendars");
  const { warnings } = group;
  const rest = warnings.slice(shownAtOnce);
  const known = i18n.exists(`calendars:unclear.means.${group.code}`);
  return (
    <li className="unclear-group">
      <h3 className="unclear-name">
        {group.changes ? <FlagMark level="amber" /> : null}
        <span>{word("unclear.code", group.code)}{warnings.length > 1 ? ` (${warnings.length})` : ""}</span>
      </h3>
      {known ? <p>{word("unclear.means", group.code)}</p> : null}
      <Lines warnings={warnings.slice(0, shownAtOnce)} />
      {rest.length > 0 ? (
        <details className="disclosure">
          <summary>{t("unclear.more", { count: rest.length })}</summary>
          <Lines warnings={rest} />
        </details>
      ) : null}
    </li>
  );
}

function Lines({ warnings }: { warnings: readonly Warning[] }) {
  const { t } = useTranslation("calendars");
  return (
    <ol className="unclear-lines">
      {warnings.map((w, i) => (
        <li key={`${w.line}-${i}`} className="unclear-line">
          <p className="quiet small">{w.line > 0 ? t("unclear.line", { line: w.line }) : t("unclear.whole")}</p>
          {w.source
            ? <pre className="unclear-source" translate="no"><span className="sr-only">{t("unclear.reads")}: </span>{w.source}</pre>
            : null}
          <p className="quiet small" lang="en"><span className="sr-only">{t("unclear.says")}: </span>{w.text}</p>
        </li>
      ))}
    </ol>
  );
}
