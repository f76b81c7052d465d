import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Live } from "../api/live";

/** How long a break may last before it is worth a word. */
const patience = 4_000;

/** useLive keeps what is shown fresh for as long as the component lives; false after a break of some seconds. */
export function useLive(): boolean {
  const queries = useQueryClient();
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const live = new Live(queries, (open) => {
      clearTimeout(timer);
      if (open) setConnected(true);
      else timer = setTimeout(() => { setConnected(false); }, patience);
    });
    return () => {
      clearTimeout(timer);
      live.close();
    };
  }, [queries]);
  return connected;
}
