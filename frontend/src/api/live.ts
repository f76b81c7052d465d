import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { z } from "zod";
import { keys } from "./keys";

const messageSchema = z.discriminatedUnion("t", [
  z.object({ t: z.literal("hello") }),
  z.object({
    t: z.literal("changed"),
    d: z.object({
      kind: z.enum(["case", "conference", "feed", "region", "consult", "duty", "door", "hold", "waiting"]),
      case: z.string().optional(), conference: z.string().optional(), consult: z.string().optional(),
    }),
  }),
]);

export type LiveMessage = z.infer<typeof messageSchema>;
export type Changed = Extract<LiveMessage, { t: "changed" }>["d"];

/** parseLive returns null for what this version does not know. */
export function parseLive(text: string): LiveMessage | null {
  try {
    const parsed = messageSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** touched lists what a change makes old. */
export function touched(change: Changed): QueryKey[] {
  const list: QueryKey[] = [];
  switch (change.kind) {
    case "region":
      return [[]];
    case "feed":
      return [keys.feeds, keys.boards, keys.cases, keys.finds, keys.directories, keys.session, keys.duties, keys.rosters];
    case "duty":
      return [keys.duties, keys.rosters, keys.directories, keys.doors, keys.reach];
    case "hold":
      return [keys.finds, keys.holds, keys.repairs];
    case "waiting":
      return [keys.waiting, keys.holds];
    case "door":
      return [keys.doors];
    case "consult":
      return [keys.consults];
    case "case":
    case "conference":
      list.push(keys.boards, keys.finds, keys.holds, keys.waiting, keys.repairs, change.case ? keys.case(change.case) : keys.cases);
      if (change.conference) list.push(keys.conference(change.conference), keys.attendance(change.conference), keys.links(change.conference));
      else if (change.kind === "case") list.push(keys.conferences);
      list.push(keys.mail);
      return list;
  }
}

/** delayBefore the nth attempt: 0.5 s doubling to 15 s, the half of it random so that pages do not come back together. */
export function delayBefore(attempt: number, random: number): number {
  const full = Math.min(500 * 2 ** attempt, 15_000);
  return full / 2 + (full / 2) * random;
}

/** How long changes are gathered before they are fetched: a booking touches several things at once. */
const gatherFor = 60;

/**
 * Live keeps one WebSocket open and tells the query client what has changed. After a break everything is fetched again,
 * for nobody knows what was missed. close ends it for good.
 */
export class Live {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private gather: ReturnType<typeof setTimeout> | undefined;
  private waiting: QueryKey[] = [];
  private attempt = 0;
  private greeted = false;
  private closed = false;

  constructor(
    private readonly queries: QueryClient,
    private readonly onState: (connected: boolean) => void,
    private readonly address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/live`,
  ) {
    this.connect();
    addEventListener("online", this.hurry);
  }

  close(): void {
    this.closed = true;
    removeEventListener("online", this.hurry);
    clearTimeout(this.timer);
    clearTimeout(this.gather);
    this.socket?.close(1000);
  }

  private readonly hurry = () => {
    if (this.socket?.readyState === WebSocket.OPEN || this.closed) return;
    clearTimeout(this.timer);
    this.attempt = 0;
    this.socket?.close();
    this.connect();
  };

  private connect(): void {
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.onmessage = (event) => { if (this.socket === socket && typeof event.data === "string") this.receive(event.data); };
    socket.onclose = () => {
      if (this.socket !== socket || this.closed) return;
      this.onState(false);
      this.timer = setTimeout(() => { this.connect(); }, delayBefore(this.attempt, Math.random()));
      this.attempt += 1;
    };
  }

  private receive(text: string): void {
    const message = parseLive(text);
    switch (message?.t) {
      case "hello":
        this.attempt = 0;
        this.onState(true);
        if (this.greeted) void this.queries.invalidateQueries();
        this.greeted = true;
        return;
      case "changed":
        this.waiting.push(...touched(message.d));
        this.gather ??= setTimeout(() => { this.flush(); }, gatherFor);
        return;
      case undefined:
        return;
    }
  }

  private flush(): void {
    const due = new Map(this.waiting.map((key) => [JSON.stringify(key), key]));
    this.waiting = [];
    this.gather = undefined;
    for (const key of due.values()) void this.queries.invalidateQueries({ queryKey: key });
  }
}
