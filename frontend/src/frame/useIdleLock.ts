import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "wouter";
import { api } from "../api/client";

const signs = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

/**
 * useIdleLock signs out when nobody has touched the page for so long. The server ends unused sessions too, but a board that
 * fetches what others change is never unused: on a shared PC only hands count.
 */
export function useIdleLock(minutes: number, then: string): void {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  useEffect(() => {
    if (minutes <= 0) return undefined;
    let touched = Date.now();
    const touch = () => { touched = Date.now(); };
    // A clock and not one timer: a machine that slept must find out when it wakes.
    const clock = setInterval(() => {
      if (Date.now() - touched < minutes * 60_000) return;
      clearInterval(clock);
      void api.DELETE("/v1/session").catch(() => undefined).finally(() => {
        queries.clear();
        navigate(then);
      });
    }, 5_000);
    for (const sign of signs) window.addEventListener(sign, touch, { passive: true, capture: true });
    return () => {
      clearInterval(clock);
      for (const sign of signs) window.removeEventListener(sign, touch, { capture: true });
    };
  }, [minutes, then, queries, navigate]);
}
