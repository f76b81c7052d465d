import { useEffect, useState } from "react";
import { useSession } from "../api/session";

/** useSecond is the server's clock in milliseconds, moving once a second while something is counted down. */
export function useSecond(counting: boolean): number {
  const offset = useSession().data?.offset ?? 0;
  const [browser, setBrowser] = useState(() => Date.now());
  useEffect(() => {
    if (!counting) return undefined;
    const timer = setInterval(() => { setBrowser(Date.now()); }, 1_000);
    return () => { clearInterval(timer); };
  }, [counting]);
  return browser + offset;
}

/** Left is what remains of a hold: over, or minutes and seconds as a clock shows them. urgent: the last minute has begun. */
export type Left = { over: boolean; urgent: boolean; clock: string };

export function leftOf(until: string, now: number): Left {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - now) / 1_000));
  return { over: seconds === 0, urgent: seconds > 0 && seconds <= 60, clock: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` };
}
