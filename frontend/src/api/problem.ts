import { z } from "zod";

const conflictSchema = z.object({
  person: z.object({ id: z.string(), name: z.string(), title: z.string().optional(), org: z.string().optional() }),
  why: z.string(),
});

const problemSchema = z.object({
  type: z.string().default("about:blank"),
  title: z.string().default(""),
  status: z.number().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ message: z.string().optional(), location: z.string().optional() })).nullish(),
  conflicts: z.array(conflictSchema).nullish(),
  alternatives: z.unknown().optional(),
  why: z.string().optional(),
  mistakes: z.array(z.object({ line: z.number(), text: z.string() })).nullish(),
});

export type Conflict = z.infer<typeof conflictSchema>;
export type Mistake = { line: number; text: string };

/** Problem is an RFC 9457 answer, or what stands for one when no answer came (kind "offline"). */
export class Problem extends Error {
  /** Last part of the stable `type`, for example "slot-taken"; translated under common:problem. */
  readonly kind: string;
  readonly status: number;
  readonly detail: string;
  readonly conflicts: readonly Conflict[];
  readonly alternatives: unknown;
  readonly mistakes: readonly Mistake[];
  /** Of a calendar that could not be read: the code, as in a feed's own `why`. */
  readonly why: string;
  /** Places in the request that the server refused, in its words. */
  readonly fields: readonly string[];

  constructor(kind: string, status: number, body: Partial<z.infer<typeof problemSchema>> = {}) {
    super(body.title || kind);
    this.name = "Problem";
    this.kind = kind;
    this.status = status;
    this.detail = body.detail ?? "";
    this.conflicts = body.conflicts ?? [];
    this.alternatives = body.alternatives;
    this.mistakes = body.mistakes ?? [];
    this.why = body.why ?? "";
    this.fields = (body.errors ?? []).map((e) => [e.location, e.message].filter(Boolean).join(": "));
  }
}

/** kindOf takes the last part of a problem's type: "urn:samtale:problem:slot-taken" and ".../slot-taken" are the same. */
export function kindOf(type: string, status: number): string {
  const last = type.split(/[/:]/).pop() ?? "";
  return last && last !== "blank" ? last : `http-${status}`;
}

/** readProblem turns a failed answer into a Problem, also when its body is not one. */
export async function readProblem(response: Response): Promise<Problem> {
  let body: unknown = null;
  try {
    body = await response.clone().json();
  } catch {
    // A proxy's page instead of ours: the status has to do.
  }
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success) return new Problem(`http-${response.status}`, response.status);
  return new Problem(kindOf(parsed.data.type, response.status), response.status, parsed.data);
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem("unexpected", 0, { title: error instanceof Error ? error.message : String(error) });
}
