/** Until when somebody does not want to be disturbed. Pure: the clock and the zone are arguments. */
import { fromDate, toCalendarDate, toZoned } from "@internationalized/date";

export const lengths = ["half_hour", "hour", "two_hours", "day"] as const;

export type Length = (typeof lengths)[number];

const minute = 60_000;

/** The server takes no more; a day on which the clock goes back has 25 hours. */
const most = 24 * 60 * minute;

/** quietUntil: the day ends at midnight by the region's clock. */
export function quietUntil(length: Length, now: Date, zone: string): Date {
  switch (length) {
    case "half_hour": return after(30);
    case "hour": return after(60);
    case "two_hours": return after(120);
    case "day": return new Date(Math.min(toZoned(toCalendarDate(fromDate(now, zone)).add({ days: 1 }), zone).toDate().getTime(), now.getTime() + most));
  }
  function after(minutes: number): Date {
    return new Date(now.getTime() + minutes * minute);
  }
}
