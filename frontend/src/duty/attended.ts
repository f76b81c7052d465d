import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { keys } from "../api/keys";
import { Problem, readProblem } from "../api/problem";

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const intervalSchema = z.object({ start: instant, end: instant });

/** Of the attendance only what the text for a record says. The answer has two media types, so the OpenAPI document cannot type it. */
export const attendedSchema = z.object({
  running: z.boolean(),
  attended: z.array(z.object({
    key: z.string(),
    name: z.string(),
    role: z.string().optional(),
    org: z.string().optional(),
    guest: z.string().optional(),
    present: z.boolean(),
    seconds: z.number(),
    minutes: z.number(),
    intervals: z.array(intervalSchema).nullable().transform((list) => list ?? []),
  })).nullable().transform((list) => list ?? []),
});

export type AttendedView = z.infer<typeof attendedSchema>;
export type Attended = AttendedView["attended"][number];

/** attendedQuery stands below the attendance's own name, so that a change that makes that old makes this old too. */
export function attendedQuery(conference: string) {
  return queryOptions({
    queryKey: [...keys.attendance(conference), "record"] as const,
    queryFn: async () => {
      const response = await fetch(`/v1/conferences/${encodeURIComponent(conference)}/attendance`, { headers: { accept: "application/json" }, credentials: "same-origin" })
        .catch(() => { throw new Problem("offline", 0); });
      if (!response.ok) throw await readProblem(response);
      return attendedSchema.parse(await response.json());
    },
    refetchInterval: (query) => (query.state.data?.running ? 5_000 : false),
  });
}
