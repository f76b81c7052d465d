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
  why: z.enum(["sender", "line", "choice"]).optional(),
});

/** A relay's addresses and what opens it. */
const relaySchema = z.object({ urls: z.array(z.string()), username: z.string(), credential: z.string(), seconds: z.number() });

const stepSchema = z.enum(["full", "reduced", "speaker", "sound", "lifeline"]);

/** A reason that this page does not know yet must not cost the message. */
const whySchema = z.enum(["", "slow", "delay", "loss", "choice"]).catch("slow");

const lineSchema = z.object({
  session: z.string(), key: z.string(), score: z.number(), word: z.enum(["good", "fair", "poor", "lost"]), down: stepSchema, up: stepSchema,
  loss_down_permille: z.number(), loss_up_permille: z.number(), rtt_ms: z.number(), path: z.string(), gap_permille: z.number(),
});

const seq = z.number().int().positive();
const re = z.number().int().positive();

const serverSchema = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("welcome"), re, d: z.object({
      v: z.literal(1), session: z.string(), secret: z.string(), resumed: z.boolean(), place: z.enum(["in", "lobby"]),
      you: partySchema, need: needSchema, resume_seconds: z.number(), relay: relaySchema.optional(),
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
  z.object({ t: z.literal("downlink"), d: z.object({ step: stepSchema, why: whySchema, kbps: z.number() }) }),
  z.object({
    t: z.literal("uplink"), d: z.object({
      step: stepSchema, why: whySchema, layers: z.number().int().min(0), kbps: z.number().min(0), audio_kbps: z.number().min(0), red: z.boolean(),
    }),
  }),
  z.object({ t: z.literal("lines"), d: z.object({ lines: z.array(lineSchema) }) }),
  z.object({ t: z.literal("relay"), d: relaySchema }),
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
export type Relay = z.infer<typeof relaySchema>;
/** Step of the ladder that sound and picture go down together with the line. */
export type Step = z.infer<typeof stepSchema>;
export type Downlink = Of<"downlink">["d"];
export type Uplink = Of<"uplink">["d"];
export type DeviceLine = z.infer<typeof lineSchema>;

const id = z.number().int().positive();
const whole = z.number().int().min(0);

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
  z.strictObject({ t: z.literal("view"), d: z.strictObject({ lines: z.array(z.strictObject({ mid: z.string(), height: z.number().int().min(0) })), sound_only: z.boolean() }) }),
  z.strictObject({
    t: z.literal("line"), d: z.strictObject({
      path: z.enum(["udp", "tcp", "relay-udp", "relay-tcp", "relay-tls", ""]), up_kbps: whole, down_kbps: whole, rtt_ms: whole, jitter_ms: whole, gap_permille: whole,
    }),
  }),
  z.strictObject({ t: z.literal("ping"), id, d: z.strictObject({ sent: z.number(), seq: z.number().int().min(0) }) }),
]);

export type ClientMessage = z.infer<typeof clientSchema>;
export type View = Extract<ClientMessage, { t: "view" }>["d"];
export type OwnLine = Extract<ClientMessage, { t: "line" }>["d"];
/** Told is what is said without waiting for a reply: only the latest counts. */
export type Told = Extract<ClientMessage, { t: "view" | "line" }>;

/** parseServer returns null for what this version does not know: the protocol may grow. */
export function parseServer(text: string): ServerMessage | null {
  try {
    const parsed = serverSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
