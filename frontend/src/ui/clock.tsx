import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { nextChange } from "./time";

type Clock = { now: Date; zone: string };

const ClockContext = createContext<Clock | null>(null);

/** ClockProvider gives everything below the server's clock, which the demo pins to a Friday, and the region's zone. It moves once a minute. */
export function ClockProvider({ offset, zone, children }: { offset: number; zone: string; children: ReactNode }) {
  const [tick, setTick] = useState(() => Date.now());
  useEffect(() => {
    const timer = setTimeout(() => { setTick(Date.now()); }, nextChange(new Date(Date.now() + offset)));
    return () => { clearTimeout(timer); };
  }, [tick, offset]);
  return <ClockContext value={{ now: new Date(tick + offset), zone }}>{children}</ClockContext>;
}

export function useClock(): Clock {
  const clock = useContext(ClockContext);
  if (!clock) throw new Error("useClock needs a ClockProvider above it");
  return clock;
}
