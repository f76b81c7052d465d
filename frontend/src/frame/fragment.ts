import { useEffect, useLayoutEffect, useState } from "react";

/** A token is base64url; the server takes 20 to 100 characters. Mail programs like to take the full stop behind a link along. */
const fragment = /^#([A-Za-z0-9_-]{20,100})[.,;:!?)>\]]*$/;

/** tokenIn returns the token that a personal link carries in its fragment, or "" when there is none. */
export function tokenIn(hash: string): string {
  return fragment.exec(hash)?.[1] ?? "";
}

const prefix = "samtale.link.";

function kept(page: string | undefined): string {
  if (!page) return "";
  try {
    return sessionStorage.getItem(prefix + page) ?? "";
  } catch {
    return ""; // storage can be forbidden on shared machines; a reload then needs the link again
  }
}

function keep(page: string, token: string): void {
  try {
    sessionStorage.setItem(prefix + page, token);
  } catch {
    // As above.
  }
}

/**
 * useFragmentToken takes the token out of the address: browsers do not send a fragment, and it must not stay in the address
 * bar or in the history either. With keepFor the token outlives a reload, in this tab only. A second link that is opened in
 * the same tab changes nothing but the fragment, so that is watched as well.
 */
export function useFragmentToken(keepFor?: "join"): string {
  const [token, setToken] = useState(() => tokenIn(location.hash) || kept(keepFor));
  useLayoutEffect(() => {
    const hide = () => { if (location.hash) history.replaceState(history.state, "", location.pathname + location.search); };
    const changed = () => {
      const next = tokenIn(location.hash);
      hide();
      if (next) setToken(next);
    };
    hide();
    addEventListener("hashchange", changed);
    return () => { removeEventListener("hashchange", changed); };
  }, []);
  useEffect(() => { if (keepFor && token) keep(keepFor, token); }, [keepFor, token]);
  return token;
}
