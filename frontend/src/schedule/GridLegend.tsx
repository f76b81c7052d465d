import { useTranslation } from "react-i18next";
import { states, type GridState } from "./grid";

/** GridLegend explains the patterns and letters that the grid shows, no others. */
export function GridLegend({ shown }: { shown: ReadonlySet<GridState> }) {
  const { t } = useTranslation("schedule");
  return (
    <ul className="grid-legend small" aria-label={t("grid.legend")}>
      <li><span className="grid-swatch grid-cell grid-start" aria-hidden />{t("grid.works")}</li>
      {states.filter((s) => s === "free" || shown.has(s)).map((state) => (
        <li key={state}>
          <span className={`grid-swatch grid-cell grid-run grid-${state}`} aria-hidden>{state === "free" ? null : <span>{t(`grid.letter.${state}`)}</span>}</span>
          {t(`grid.state.${state}`)}
        </li>
      ))}
    </ul>
  );
}
