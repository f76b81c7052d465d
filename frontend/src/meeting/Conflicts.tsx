import { useTranslation } from "react-i18next";
import type { Problem } from "../api/problem";
import { Banner } from "../ui/surfaces";
import { useWhy } from "./useRepair";

/** Conflicts says who was taken in between and why. Nothing was changed. */
export function Conflicts({ problem }: { problem: Problem }) {
  const { t } = useTranslation("call");
  const why = useWhy();
  return (
    <Banner tone="red">
      <p><strong>{t("change.refused")}</strong></p>
      {problem.conflicts.map((c) => <p key={c.person.id}>{c.person.name} {why(c)}.</p>)}
    </Banner>
  );
}
