import { z } from "zod";

/** The finder's request and answer as they come over the wire. Instants are RFC 3339 in UTC. */

const list = <T extends z.ZodType>(of: T) => z.array(of).nullish().transform((found) => found ?? []);

const hoursOfWeek = z.object({ days: z.string(), from: z.string(), to: z.string(), weight: z.number() });
const interval = z.object({ start: z.string(), end: z.string() });

const needSchema = z.object({
  id: z.string(),
  any_of: list(z.string()),
  role: z.string().optional(),
  k: z.number().optional(),
  prefer: z.array(z.string()).optional(),
  until_min: z.number().optional(),
  substitute: z.object({ any_of: z.array(z.string()).optional(), role: z.string().optional(), cost: z.number().optional(), use: z.boolean().optional() }).optional(),
});

const wantSchema = z.object({ id: z.string().optional(), any_of: list(z.string()), role: z.string().optional(), weight: z.number() });

const policySchema = z.object({
  outside_hours: z.enum(["never", "last_resort", "allow"]).optional(),
  unknown: z.enum(["offer_marked", "exclude"]).optional(),
  tentative: z.enum(["busy", "free"]).optional(),
  use_duty: z.boolean().optional(),
  buffer_min: z.number().optional(),
  travel_min: z.number().optional(),
});

const requestSchema = z.object({
  purpose: z.string().optional(),
  duration_min: z.number(),
  grid_min: z.number().optional(),
  tz: z.string(),
  now: z.string().optional(),
  window: z.object({ from: z.string(), to: z.string() }),
  deadline: z.string().optional(),
  min_notice_min: z.number().optional(),
  need: list(needSchema),
  want: list(wantSchema),
  prefer: z.array(hoursOfWeek).optional(),
  avoid: z.array(hoursOfWeek).optional(),
  guests: z.array(z.object({ id: z.string(), yes: z.array(interval).optional(), if_needed: z.array(interval).optional() })).optional(),
  policy: policySchema.optional(),
  limit: z.number().optional(),
  holidays: z.string().optional(),
  list: z.literal("starts").optional(),
});

const missingSchema = z.object({ id: z.string(), person: z.string(), why: z.string(), until: z.string().optional() });
const wantMissedSchema = z.object({ id: z.string(), why: z.string(), until: z.string().optional() });

const suggestionSchema = z.object({
  start: z.string(),
  end: z.string(),
  cast: z.record(z.string(), list(z.string())),
  want_met: list(z.string()),
  want_missed: list(wantMissedSchema),
  missing: list(missingSchema),
  unknown: list(z.string()),
  because: list(z.object({ code: z.string(), value: z.string().default(""), points: z.number() })),
});

const changeSchema = z.object({ code: z.string(), need: z.string().optional(), value: z.number().optional() });
const relaxationSchema = changeSchema.extend({ gains: z.number(), first: z.string(), parts: list(changeSchema) });

const rejectedSchema = z.object({
  starts_total: z.number(),
  feasible: z.number(),
  by_need: list(z.object({ need: z.string(), blocked: z.number(), alone: z.number() })),
  by_rule: z.record(z.string(), z.number()),
  relax: list(relaxationSchema),
});

const answerSchema = z.object({
  feasible: z.number(),
  starts: list(z.string()),
  suggestions: list(suggestionSchema),
  freshness: z.record(z.string(), z.string()),
  rejected: rejectedSchema,
});

export type FindRequest = z.infer<typeof requestSchema>;
export type Answer = z.infer<typeof answerSchema>;
export type Suggestion = z.infer<typeof suggestionSchema>;
export type Relaxation = z.infer<typeof relaxationSchema>;
export type Rejected = z.infer<typeof rejectedSchema>;

/** parseRequest reads the search that a case comes with. It throws on what is not one. */
export function parseRequest(value: unknown): FindRequest {
  return requestSchema.parse(value);
}

/** parseAnswer throws on what is not an answer. */
export function parseAnswer(value: unknown): Answer {
  return answerSchema.parse(value);
}

/** alternativesOf reads the answer that a refused booking may carry; null when it carries none. */
export function alternativesOf(value: unknown): Answer | null {
  const parsed = answerSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
