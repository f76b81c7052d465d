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
