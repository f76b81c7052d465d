import { z } from "zod";

/** The call's wire, as signaling/PROTOCOL.md says. What comes in is parsed here and trusted afterwards. */

const partySchema = z.object({
  key: z.string(), name: z.string(), role: z.string(), organization: z.string(), guest: z.boolean(), host: z.boolean(),
});

const deviceSchema = z.object({
  session: z.string(), muted: z.boolean(), camera: z.boolean(), hand: z.boolean(), screen: z.boolean(), connected: z.boolean(), media: z.boolean(),
});

const needSchema = z.object({ audio: z.number().int().min(0), video: z.number().int().min(0) });

const sourceSchema = z.enum(["microphone", "camera", "screen"]);

const slotSchema = z.object({
  mid: z.string(),
  kind: z.enum(["audio", "video"]),
  state: z.enum(["on", "paused", "off"]),
  key: z.string().optional(),
  session: z.string().optional(),
  source: sourceSchema.optional(),
});

const seq = z.number().int().positive();
const re = z.number().int().positive();

const serverSchema = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("welcome"), re, d: z.object({
      v: z.literal(1), session: z.string(), secret: z.string(), resumed: z.boolean(), place: z.enum(["in", "lobby"]),
      you: partySchema, need: needSchema, resume_seconds: z.number(),
    }),
  }),
  z.object({ t: z.literal("waiting"), seq, d: z.object({ hosts: z.array(partySchema) }) }),
  z.object({ t: z.literal("admitted"), seq, d: z.object({ by: partySchema }) }),
  z.object({ t: z.literal("roster"), seq, d: z.object({ people: z.array(partySchema.extend({ hand: z.number().int().min(0), devices: z.array(deviceSchema) })) }) }),
  z.object({ t: z.literal("lobby"), seq, d: z.object({ people: z.array(partySchema) }) }),
  z.object({ t: z.literal("need"), seq, d: needSchema }),
  z.object({ t: z.literal("slots"), seq, d: z.object({ slots: z.array(slotSchema) }) }),
  z.object({ t: z.literal("restart"), seq, d: z.object({ reason: z.string() }) }),
  z.object({ t: z.literal("rebuild"), seq, d: z.object({ reason: z.string() }) }),
  z.object({ t: z.literal("changed"), seq }),
  z.object({ t: z.literal("answer"), re, d: z.object({ peer: z.number().int(), number: z.number().int(), sdp: z.string() }) }),
  z.object({ t: z.literal("speakers"), d: z.object({ keys: z.array(z.string()) }) }),
  z.object({ t: z.literal("pong"), re, d: z.object({ sent: z.number() }) }),
  z.object({ t: z.literal("ok"), re }),
  z.object({ t: z.literal("error"), re, d: z.object({ code: z.string() }) }),
]);

export type ServerMessage = z.infer<typeof serverSchema>;
type Of<K extends ServerMessage["t"]> = Extract<ServerMessage, { t: K }>;
export type Welcome = Of<"welcome">["d"];
export type RosterPerson = Of<"roster">["d"]["people"][number];
export type Slot = Of<"slots">["d"]["slots"][number];
export type Need = z.infer<typeof needSchema>;

const id = z.number().int().positive();

/** What this page says; the schema exists so that the examples of the protocol can be held against it. */
export const clientSchema = z.discriminatedUnion("t", [
  z.strictObject({
    t: z.literal("hello"), id, d: z.strictObject({
      v: z.literal(1), conference: z.string(), device: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/), muted: z.boolean(), camera: z.boolean(), screens: z.boolean().optional(),
      resume: z.strictObject({ session: z.string(), secret: z.string(), seq: z.number().int().min(0) }).optional(),
    }),
  }),
  z.strictObject({
    t: z.literal("offer"), id, d: z.strictObject({
      peer: z.number().int().positive(), number: z.number().int().positive(), sdp: z.string(),
      published: z.array(z.strictObject({ mid: z.string(), source: sourceSchema })), ice_restart: z.boolean(),
    }),
  }),
  z.strictObject({ t: z.literal("state"), id, d: z.strictObject({ muted: z.boolean(), camera: z.boolean(), hand: z.boolean().optional(), screen: z.boolean().optional() }) }),
  z.strictObject({ t: z.enum(["admit", "deny", "remove", "lower", "unshare"]), id, d: z.strictObject({ key: z.string() }) }),
  z.strictObject({ t: z.enum(["end", "bye"]), id }),
  z.strictObject({ t: z.literal("ping"), id, d: z.strictObject({ sent: z.number(), seq: z.number().int().min(0) }) }),
]);

export type ClientMessage = z.infer<typeof clientSchema>;

/** parseServer returns null for what this version does not know: the protocol may grow. */
export function parseServer(text: string): ServerMessage | null {
  try {
    const parsed = serverSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
