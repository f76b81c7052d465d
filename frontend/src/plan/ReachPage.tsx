import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { ProblemNote } from "../ui/ProblemNote";
import { Skeleton } from "../ui/surfaces";
import { Devices } from "./Devices";
import type { Push } from "./device";
import "./plan.css";
import { Quiet } from "./Quiet";
import { pushQuery, reachQuery } from "./queries";
import "./reach.css";
import { ThisDevice } from "./ThisDevice";

/** ReachPage is how the reader is reached: quiet for a while, the devices that ring, and a ring to practise with as its children. */
export function ReachPage({ push, children }: { push: Push; children: ReactNode }) {
  const { t } = useTranslation(["plan", "common"]);
  useTitle(t("plan:reach.title"));
  const reach = useQuery(reachQuery);
  const state = useQuery(pushQuery(push));
  return (
    <div className="page page-narrow plan-page">
      <div className="stack-s">
        <h1>{t("plan:reach.title")}</h1>
        <p className="quiet">{t("plan:reach.text")}</p>
      </div>
      {reach.isError && !reach.data ? <ProblemNote problem={asProblem(reach.error)} onRetry={() => void reach.refetch()} /> : null}
      {reach.isPending ? <Skeleton label={t("common:loading")} cards={2} /> : null}
      {reach.data ? (
        <>
          <Quiet until={reach.data.quiet_until} />
          {state.data ? <ThisDevice push={push} state={state.data} reach={reach.data} /> : null}
          <Devices push={push} devices={reach.data.devices ?? []} />
        </>
      ) : null}
      <section className="stack-s" aria-labelledby="practice">
        <h2 id="practice">{t("plan:practice")}</h2>
        <p className="quiet">{t("plan:practice_text")}</p>
        {children}
      </section>
    </div>
  );
}
