import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { ClockProvider } from "../ui/clock";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState, Skeleton } from "../ui/surfaces";
import { demoZone, personasQuery } from "./queries";

/** DemoClock gives what is below it the demo's Friday where no session brings it. Elsewhere it says that there is no demo. */
export function DemoClock({ children }: { children: ReactNode }) {
  const { t } = useTranslation(["demo", "common"]);
  const found = useQuery(personasQuery);
  if (found.data) return <ClockProvider offset={found.data.offset} zone={demoZone}>{children}</ClockProvider>;
  if (found.isPending) return <div className="page"><Skeleton label={t("common:loading")} cards={3} /></div>;
  const problem = asProblem(found.error);
  return (
    <div className="page page-narrow">
      {problem.kind === "offline" ? <ProblemNote problem={problem} onRetry={() => void found.refetch()} /> : <EmptyState level={1} title={t("demo:none")}>{t("demo:none_text")}</EmptyState>}
    </div>
  );
}
