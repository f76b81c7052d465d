import { useCallback, useSyncExternalStore } from "react";

/** useMedia tells whether a media query holds, and follows it. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback((changed: () => void) => {
    const list = matchMedia(query);
    list.addEventListener("change", changed);
    return () => { list.removeEventListener("change", changed); };
  }, [query]);
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** Room for several days of the grid beside each other. */
export const wide = "(min-width: 60rem)";

/** At 400 % zoom columns are too narrow to be met; the list does all that the grid does. */
export const narrow = "(max-width: 22rem)";
