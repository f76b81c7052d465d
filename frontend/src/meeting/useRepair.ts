import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useWords } from "../i18n/words";
import { useClock } from "../ui/clock";
import { clock, dayOf } from "../ui/time";
import { keepsPeople, movesOf, pinned, type Move, type RepairView } from "./repair";
import { caseQuery, otherTimesQuery, repairQuery } from "./queries";
import type { Meeting } from "./standing";

/** changeable: it may be moved, and people in it swapped. Talks that were thrown together have no agreed time. */
export function changeable(meeting: Meeting): boolean {
  return meeting.state === "booked" && !meeting.improvised && meeting.case !== undefined && (meeting.may?.includes("cancel") ?? false);
}

/** useSeats is who sits where by the case, for a meeting that is the case's own. */
export function useSeats(meeting: Meeting) {
  const found = useQuery({ ...caseQuery(meeting.case?.id ?? ""), enabled: meeting.case !== undefined });
  const detail = found.data?.value;
  const seats = useMemo(() => (detail?.conference?.id === meeting.id ? detail.seats ?? [] : []), [detail, meeting.id]);
  return { seats, people: detail?.people, pending: found.isLoading };
}

/** Moves are the other times at which everybody in the meeting can come. */
export type Moves = { moves: Move[]; pending: boolean; error: unknown; find: RepairView["find"] | undefined };

/** useMoves joins the answer that knows that the meeting's own time would be free with a search for exactly its people. all: every start. */
export function useMoves(meeting: Meeting, all: boolean): Moves {
  const repair = useQuery({ ...repairQuery(meeting.id), enabled: changeable(meeting) });
  const { seats, pending } = useSeats(meeting);
  const find = useMemo(() => (repair.data && seats.some((s) => s.person) ? pinned(repair.data.find, seats) : undefined), [repair.data, seats]);
  const request = find ? { ...find, ...(all ? { list: "starts" as const } : {}) } : undefined;
  const times = useQuery({ ...otherTimesQuery(meeting.id, request ?? { duration_min: 0, tz: "", window: { from: "", to: "" }, need: [], want: [] }), enabled: request !== undefined, placeholderData: (before) => before });
  const length = Date.parse(meeting.end) - Date.parse(meeting.start);
  const kept = (repair.data?.answer.suggestions ?? []).filter((s) => keepsPeople(s, seats));
  const starts = (all ? times.data?.starts ?? [] : []).map((start) => ({ start, end: new Date(Date.parse(start) + length).toISOString() }));
  return {
    moves: movesOf(meeting.start, kept, times.data?.suggestions ?? [], starts),
    pending: repair.isLoading || pending || times.isLoading,
    error: repair.error ?? times.error,
    find,
  };
}

/** useWhy says why somebody cannot come, as the end of a sentence that begins with a name. */
export function useWhy(): (cause: { why: string; until?: string }) => string {
  const word = useWords("call");
  const { now, zone } = useClock();
  return ({ why, until }) => {
    if (!until || !(why === "busy_until" || why === "outside_hours") || dayOf(new Date(until), zone) !== dayOf(now, zone)) return word("change.why", why);
    return word("change.why_until", why, { time: clock(new Date(until), zone) });
  };
}
