import { useEffect, type ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Link } from "wouter";
import { setLanguage } from "../i18n/i18n";
import { useLanguage } from "../i18n/words";
import "./frame.css";

/** Plain is the frame of pages that need no session. */
export function Plain({ children }: { children: ReactNode }) {
  const language = useLanguage();
  const other = language === "nb" ? "en" : "nb";
  return (
    <div className="frame">
      <header className="bar">
        <div className="bar-inside">
          <Link href="/" className="brand">Samtale</Link>
          <div className="bar-end">
            <AriaButton className="bar-button" onPress={() => { setLanguage(other); }}>
              <span lang={other}>{other === "nb" ? "Norsk" : "English"}</span>
            </AriaButton>
          </div>
        </div>
      </header>
      <main id="main">{children}</main>
    </div>
  );
}

/** useTitle names the page in the tab. Never with a case code: titles end up in histories and on shared screens. */
export function useTitle(name: string): void {
  useEffect(() => {
    document.title = name ? `${name} · Samtale` : "Samtale";
    return () => { document.title = "Samtale"; };
  }, [name]);
}
