import { createContext, useCallback, useContext, useState, type ReactNode } from "react";

const AnnounceContext = createContext<(text: string) => void>(() => undefined);

/** Announcer holds the page's one polite live region. */
export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: "", turn: 0 });
  const announce = useCallback((text: string) => { setSaid((last) => ({ text, turn: last.turn + 1 })); }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="sr-only" role="status" aria-live="polite">
        <span key={said.turn}>{said.text}</span>
      </div>
    </AnnounceContext>
  );
}

/** useAnnounce returns a function that has a screen reader say a sentence when it is next silent. */
export function useAnnounce(): (text: string) => void {
  return useContext(AnnounceContext);
}
