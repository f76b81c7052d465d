import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { keys } from "../api/keys";
import { Problem, readProblem } from "../api/problem";

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const intervalSchema = z.object({
  start: instant,
  end: instant,
  start_source: z.string().optional(),
  end_source: z.string().optional(),
  gap_seconds: z.number().optional(),
  media: z.boolean(),
});

const attendedSchema = z.object({
  key: z.string(),
  name: z.string(),
  role: z.string().optional(),
  org: z.string().optional(),
  guest: z.string().optional(),
  seat: z.string(),
  need: z.enum(["required", "optional", "informed", "offered"]),
  present: z.boolean(),
  seconds: z.number(),
  minutes: z.number(),
  lobby_seconds: z.number(),
  intervals: z.array(intervalSchema).nullable().transform((list) => list ?? []),
});

/** The answer has two media types, so the OpenAPI document cannot type it: it is parsed here. */
export const attendanceSchema = z.object({
  conference: z.string(),
  meeting_code: z.string(),
  planned_start: instant,
  planned_end: instant,
  running: z.boolean(),
  attended: z.array(attendedSchema).nullable().transform((list) => list ?? []),
  together_seconds: z.number(),
  together: z.array(intervalSchema).nullable().transform((list) => list ?? []),
  quorate: z.boolean(),
  missing_seats: z.array(z.string()).nullable().transform((list) => list ?? []),
  refused: z.array(z.object({ key: z.string(), name: z.string(), at: instant })).nullable().transform((list) => list ?? []),
});

export type AttendanceView = z.infer<typeof attendanceSchema>;
export type Attended = z.infer<typeof attendedSchema>;
export type Interval = z.infer<typeof intervalSchema>;

/** One address with two media types: the generated client can type neither, so it is asked directly. */
async function ask(conference: string, accept: string): Promise<Response> {
  const response = await fetch(`/v1/conferences/${encodeURIComponent(conference)}/attendance`, { headers: { accept }, credentials: "same-origin" })
    .catch(() => { throw new Problem("offline", 0); });
  if (!response.ok) throw await readProblem(response);
  return response;
}

export function attendanceQuery(conference: string) {
  return queryOptions({
    queryKey: keys.attendance(conference),
    queryFn: async () => attendanceSchema.parse(await (await ask(conference, "application/json")).json()),
  });
}

/** attendanceCsv is the same as a table for a spreadsheet. */
export async function attendanceCsv(conference: string): Promise<Blob> {
  return (await ask(conference, "text/csv")).blob();
}

const liveEvery = 5_000;
const idleEvery = 15_000;

/** refreshEvery is how long to wait before asking again; false when nothing can change any more. */
export function refreshEvery(view: AttendanceView | undefined, now: Date): number | false {
  if (!view) return false;
  if (view.running) return liveEvery;
  return now.getTime() < view.planned_end.getTime() ? idleEvery : false;
}
