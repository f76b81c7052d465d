import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/words";
import { Button } from "./Button";
import "./surfaces.css";

/** What a failed request says about itself; api/problem.ts makes it. */
export type ProblemLike = { kind: string; detail?: string };

/** ProblemNote says what happened and what to do next, and offers to try again where that helps. */
export function ProblemNote({ problem, onRetry, children }: { problem: ProblemLike; onRetry?: () => void; children?: ReactNode }) {
  const { t, i18n } = useTranslation("common");
  const word = useWords("common");
  const known = i18n.exists(`common:problem.${problem.kind}`);
  return (
    <div className="banner banner-red" role="alert">
      <CircleAlert aria-hidden />
      <div className="banner-text">
        <strong>{t("problem.title")}. </strong>
        {known ? word("problem", problem.kind) : t("problem.internal")}
        {problem.kind === "invalid" && problem.detail ? <div className="small quiet" lang="en">{problem.detail}</div> : null}
        {children}
      </div>
      {onRetry ? <Button onPress={onRetry}>{t("retry")}</Button> : null}
    </div>
  );
}
