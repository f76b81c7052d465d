import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import { consultQuery, KeyFor, reachQuery, useRing } from "./queries";

/** Practice rings oneself on every device, and says when one was last rung. */
export function Practice() {
  const { t } = useTranslation("talk");
  const ring = useRing();
  const [key] = useState(() => new KeyFor());
  const made = useQuery({ ...consultQuery(ring.data?.id ?? ""), enabled: ring.data !== undefined });
  const ringing = made.data?.state === "ringing";
  const over = made.data !== undefined && !ringing;
  const queries = useQueryClient();
  useEffect(() => { if (over) void queries.invalidateQueries({ queryKey: keys.reach }); }, [over, queries]);
  const reach = useQuery(reachQuery);
  const last = reach.data?.last_rang;
  const go = () => { ring.mutate({ body: { kind: "practice" }, key: key.of("practice") }, { onSuccess: () => { key.next(); } }); };
  return (
    <div className="stack-s">
      <div><Button busy={ring.isPending || ringing} onPress={go}>{t("practice.button")}</Button></div>
      <p className="small quiet" role="status">
        {ringing ? t("practice.ringing") : last ? <>{t("practice.last")} <Time at={last} /></> : reach.data ? t("practice.never") : null}
      </p>
      {ring.isError ? <ProblemNote problem={asProblem(ring.error)} /> : null}
    </div>
  );
}
