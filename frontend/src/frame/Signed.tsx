import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, useLocation } from "wouter";
import { asProblem } from "../api/problem";
import { useSession, type Session } from "../api/session";
import { ClockProvider } from "../ui/clock";
import { ProblemNote } from "../ui/ProblemNote";
import { Skeleton } from "../ui/surfaces";

/** Signed shows its children to whoever is signed in, with the server's clock, and sends everyone else to sign in. */
export function Signed({ children }: { children: (session: Session) => ReactNode }) {
  const { t } = useTranslation("common");
  const [path] = useLocation();
  const session = useSession();
  if (session.data) {
    return <ClockProvider offset={session.data.offset} zone={session.data.zone || "Europe/Oslo"}>{children(session.data)}</ClockProvider>;
  }
  if (session.data === null) return <Redirect to={path === "/" ? "/signin" : `/signin?next=${encodeURIComponent(path)}`} replace />;
  return (
    <main className="page">
      {session.isError ? <ProblemNote problem={asProblem(session.error)} onRetry={() => void session.refetch()} /> : <Skeleton label={t("loading")} cards={2} />}
    </main>
  );
}
