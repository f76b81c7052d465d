import { useQuery } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { ButtonLink } from "../ui/Button";
import { useClock } from "../ui/clock";
import { ProblemNote } from "../ui/ProblemNote";
import { EmptyState, Skeleton } from "../ui/surfaces";
import { sorted } from "./faults";
import { OwnDuty } from "./OwnDuty";
import "./plan.css";
import { MendPlan, WellPlan } from "./Plans";
import { dutyQuery, rostersQuery } from "./queries";

/** DutyPage is one's own duty now, and the duty plans that one owns or works by: what must be mended in them, and the week ahead. */
export function DutyPage() {
  const { t } = useTranslation(["plan", "common"]);
  useTitle(t("plan:title"));
  const { now } = useClock();
  const duty = useQuery(dutyQuery);
  const rosters = useQuery(rostersQuery);
  const own = (duty.data ?? []).filter((role) => role.mine);
  const { mend, well } = sorted(rosters.data ?? [], now);
  // Some may say that they are in, but see no plans: they have their own roles here.
  const planless = rosters.isError && asProblem(rosters.error).kind === "forbidden";
  const failed = duty.isError && !duty.data ? duty.error : rosters.isError && !rosters.data && !planless ? rosters.error : null;
  return (
    <div className="page plan-page">
      <div className="row-apart">
        <h1>{t("plan:title")}</h1>
        <ButtonLink href="/reach"><BellRing aria-hidden />{t("plan:to_reach")}</ButtonLink>
      </div>
      {failed ? <ProblemNote problem={asProblem(failed)} onRetry={() => { void duty.refetch(); void rosters.refetch(); }} /> : null}
      {own.length > 0 ? (
        <section className="stack-s" aria-labelledby="own-duty">
          <h2 id="own-duty">{t("plan:own.title")}</h2>
          <p className="quiet">{t("plan:own.text")}</p>
          <ul className="plan-cards">{own.map((role) => <OwnDuty key={role.covers} role={role} />)}</ul>
        </section>
      ) : null}
      {mend.length > 0 ? (
        <section className="stack-s" aria-labelledby="mend">
          <h2 id="mend">{t("plan:mend", { count: mend.length })}</h2>
          <ul className="plan-cards">{mend.map(({ roster, faults }) => <MendPlan key={roster.id} roster={roster} faults={faults} />)}</ul>
        </section>
      ) : null}
      {well.length > 0 ? (
        <section className="stack-s" aria-labelledby="well">
          <h2 id="well">{t("plan:well", { count: well.length })}</h2>
          <ul className="plan-well">{well.map((roster) => <WellPlan key={roster.id} roster={roster} />)}</ul>
        </section>
      ) : null}
      {duty.isPending || rosters.isPending ? <Skeleton label={t("common:loading")} cards={3} /> : null}
      {duty.data && !rosters.isPending && !failed && own.length + mend.length + well.length === 0 ? <EmptyState title={t("plan:none")}>{t("plan:none_text")}</EmptyState> : null}
    </div>
  );
}
