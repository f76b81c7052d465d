import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "../ui/Announcer";
import { readTheme } from "../ui/theme";
import type { Call } from "./Call";
import { useCall, useRoleWords } from "./useCall";

/** useDarkRoom makes the whole page dark while it is shown, unless the person has chosen light: calls are often in dark rooms. */
export function useDarkRoom(): void {
  useEffect(() => {
    if (readTheme() !== "auto") return undefined;
    document.documentElement.dataset.theme = "dark";
    return () => { delete document.documentElement.dataset.theme; };
  }, []);
}

/** useAwake keeps the screen on. The browser takes the lock away from a hidden page, so it is asked again. */
export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const ask = () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      void navigator.wakeLock.request("screen").then((got) => {
        if (over) void got.release();
        else lock = got;
      }, () => undefined); // low battery: the screen may then sleep
    };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, []);
}

/** useSaid tells a screen reader who came, left, waits outside, raised a hand or shows a screen. The tones are the call's own. */
export function useSaid(call: Call): void {
  const { t } = useTranslation("call");
  const { happening, shared, lowered } = useCall(call);
  const { named } = useRoleWords();
  const announce = useAnnounce();
  const told = useRef(happening?.turn ?? 0);
  useEffect(() => {
    if (!happening || happening.turn === told.current) return;
    told.current = happening.turn;
    const say = (kind: "came" | "left" | "outside" | "raised") => happening[kind].map((who) => t(`said.${kind}`, { who: named(who) }));
    announce([...say("came"), ...say("left"), ...say("outside"), ...say("raised")].join(". "));
  }, [happening, announce, named, t]);
  const who = shared?.name;
  useEffect(() => { if (who) announce(t("said.shares", { who })); }, [who, announce, t]);
  useEffect(() => { if (lowered > 0) announce(t("said.lowered")); }, [lowered, announce, t]);
}

/** useShortcuts: M, V, H and P outside of text fields. They can be switched off under Devices (WCAG 2.1.4). */
export function useShortcuts(call: Call, togglePeople: () => void): void {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !call.capture.current().wishes.shortcuts) return;
      // A letter in a list or a menu looks for an entry, and a dialog has the keyboard to itself.
      if (event.target instanceof Element && event.target.closest("input, textarea, select, [role=listbox], [role=combobox], [role=menu], [role=dialog], [role=alertdialog], [contenteditable]")) return;
      const { muted, camera } = call.capture.current();
      switch (event.key.toLowerCase()) {
        case "m":
          call.setMuted(!muted);
          announce(t(muted ? "said.unmuted" : "said.muted"));
          return;
        case "v":
          void call.setCamera(camera.kind !== "live");
          announce(t(camera.kind === "live" ? "said.camera_off" : "said.camera_on"));
          return;
        case "h": {
          const raised = (call.current().people.find((p) => p.you)?.hand ?? 0) > 0;
          call.setHand(!raised);
          announce(t(raised ? "said.hand_down" : "said.hand_up"));
          return;
        }
        case "p":
          togglePeople();
      }
    };
    addEventListener("keydown", pressed);
    return () => { removeEventListener("keydown", pressed); };
  }, [call, announce, t, togglePeople]);
}

/** useMedia follows a media query. */
export function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query]);
  const watch = useCallback((changed: () => void) => {
    list.addEventListener("change", changed);
    return () => { list.removeEventListener("change", changed); };
  }, [list]);
  return useSyncExternalStore(watch, () => list.matches);
}
