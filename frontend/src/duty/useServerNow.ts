import { useEffect, useState } from "react";
import { useSession } from "../api/session";

/** The longest wait of one timer; nobody waits longer here, and timers cannot. */
const longest = 86_400_000;

/**
 * useServerNow reads the server's clock in milliseconds. It moves once a second while something is counted, and at the moment
 * that wake names: when something will change by the clock alone.
 */
export function useServerNow(counting: boolean, wake?: (now: number) => number | null): number {
  const offset = useSession().data?.offset ?? 0;
  const [browser, setBrowser] = useState(() => Date.now());
  const now = browser + offset;
  const wakeAt = wake?.(now) ?? null;
  useEffect(() => {
    if (!counting) return undefined;
    const timer = setInterval(() => { setBrowser(Date.now()); }, 1_000);
    return () => { clearInterval(timer); };
  }, [counting]);
  useEffect(() => {
    if (wakeAt === null) return undefined;
    const timer = setTimeout(() => { setBrowser(Date.now()); }, Math.min(Math.max(wakeAt - offset - Date.now(), 0) + 20, longest));
    return () => { clearTimeout(timer); };
  }, [wakeAt, offset]);
  return now;
}
