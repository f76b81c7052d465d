import { closingOf, type Closing } from "./closing";
import { Line } from "./Line";
import { parseServer, type ClientMessage, type ServerMessage, type Told, type Welcome } from "./messages";

/** Introduction is what hello says about this page now. */
export type Introduction = { conference: string; device: string; muted: boolean; camera: boolean; screens: true };

export type StayHooks = {
  introduce(): Introduction;
  welcomed(welcome: Welcome): void;
  /** Everything but the replies that Stay itself waits for. */
  received(message: ServerMessage): void;
  /** An offer was refused; number is its own. */
  offerRefused(number: number): void;
  /** Some other request was refused, with a code of the protocol. */
  refused(code: string): void;
  /** up: the server hears us. */
  heard(up: boolean): void;
  /** late: the server answers, but after seconds. */
  late(late: boolean): void;
  over(closing: Closing): void;
};

type Unnumbered = Exclude<ClientMessage, Told> extends infer M ? (M extends ClientMessage ? Omit<M, "id"> : never) : never;

const pingEvery = 4_000;

/** An answer that takes longer is worth a word to the person. */
const lateAfter = 8_000;

/** In doubt an answer is waited for so long: for a packet that is lost and sent again, and then as long as answers have taken. */
const doubtAtLeast = 1_000;
const doubtAtMost = 2_500;

/** Signs come in heaps, and one question answers all of them. */
const doubtEvery = 900;

/**
 * Stay is one device's stay in a meeting: it keeps the socket, introduces itself on each new one, resumes where the last
 * one broke, and counts what it has seen. leave says good-bye, close only goes.
 */
export class Stay {
  private readonly line: Line;
  private id = 0;
  private helloId = 0;
  private seen = 0;
  private resume: { session: string; secret: string } | null = null;
  private offer: { id: number; number: number } | null = null;
  private pinging: ReturnType<typeof setInterval> | undefined;
  private lateness: ReturnType<typeof setTimeout> | undefined;
  private doubting: ReturnType<typeof setTimeout> | undefined;
  private excused = false;
  private doubtedAt = -Infinity;
  /** How long answers took of late, in milliseconds; it is slow to believe in a better line. */
  private trip = Infinity;

  constructor(path: string, private readonly hooks: StayHooks) {
    const address = new URL(path, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.line = new Line(address.href, "samtale.v1", {
      opened: () => { this.hello(); },
      received: (text) => { this.receive(text); },
      closed: (code) => this.closed(code),
      gaveUp: () => { this.hooks.over({ kind: "ended", by: "failed" }); },
    });
  }

  open(): void {
    this.line.open();
  }

  leave(): void {
    this.request({ t: "bye" });
    this.close();
  }

  close(): void {
    this.rest();
    this.line.close();
  }

  request(message: Unnumbered): void {
    this.id += 1;
    const sent = this.line.send({ ...message, id: this.id });
    if (sent && message.t === "offer") this.offer = { id: this.id, number: message.d.number };
  }

  /** tell waits for no reply. False: nobody has heard it. */
  tell(message: Told): boolean {
    return this.line.send(message);
  }

  /**
   * doubt asks for a sign of life at once, and gives the socket up for a new one when there is none. excusable: unless trust is called
   * meanwhile.
   */
  doubt(excusable: boolean): void {
    if (this.pinging === undefined) return;
    this.excused &&= excusable;
    if (this.doubting !== undefined || (excusable && performance.now() - this.doubtedAt < doubtEvery)) return;
    this.excused = excusable;
    this.doubtedAt = performance.now();
    this.ping();
    const wait = Math.min(doubtAtMost, doubtAtLeast + 3 * this.trip);
    this.doubting = setTimeout(() => { this.line.drop(); }, wait);
  }

  /** trust: sound and picture come, so the line is not dead; a socket may need a little longer than they. back: they had been missed. */
  trust(back: boolean): void {
    if (this.pinging === undefined) {
      if (back) this.line.hurry();
    } else if (this.excused) {
      this.calm();
    }
  }

  private calm(): void {
    clearTimeout(this.doubting);
    this.doubting = undefined;
  }

  private hello(): void {
    const resume = this.resume ? { ...this.resume, seq: this.seen } : undefined;
    this.request({ t: "hello", d: { v: 1, ...this.hooks.introduce(), resume } });
    this.helloId = this.id;
  }

  private receive(text: string): void {
    this.calm();
    const message = parseServer(text);
    if (!message) return;
    if ("seq" in message) {
      if (message.seq <= this.seen) return; // told again after a break, and taken in before it
      this.seen = message.seq;
    }
    switch (message.t) {
      case "welcome":
        this.welcomed(message.d);
        return;
      case "pong":
        this.trip = Math.max(performance.now() - message.d.sent, Number.isFinite(this.trip) ? this.trip * 0.75 : 0);
        clearTimeout(this.lateness);
        this.lateness = undefined;
        this.hooks.late(false);
        return;
      case "error":
        this.refused(message.re, message.d.code);
        return;
      default:
        this.hooks.received(message);
    }
  }

  private welcomed(welcome: Welcome): void {
    if (!welcome.resumed) this.seen = 0;
    this.resume = { session: welcome.session, secret: welcome.secret };
    this.line.settled();
    this.rest();
    this.pinging = setInterval(() => { this.ping(); }, pingEvery);
    this.ping(); // how long an answer takes is known before there is a doubt
    this.hooks.heard(true);
    this.hooks.welcomed(welcome);
  }

  /** A hello that is refused is our own mistake and would be refused again; most other refusals mend themselves with the next roster. */
  private refused(re: number, code: string): void {
    if (re === this.helloId) {
      this.close();
      this.hooks.over({ kind: "ended", by: "failed" });
    } else if (re === this.offer?.id) {
      this.hooks.offerRefused(this.offer.number);
    } else {
      this.hooks.refused(code);
    }
  }

  private ping(): void {
    this.request({ t: "ping", d: { sent: Math.round(performance.now()), seq: this.seen } });
    this.lateness ??= setTimeout(() => { this.hooks.late(true); }, lateAfter);
  }

  private rest(): void {
    this.calm();
    clearInterval(this.pinging);
    this.pinging = undefined;
    clearTimeout(this.lateness);
    this.lateness = undefined;
    this.offer = null;
  }

  private closed(code: number): boolean {
    this.rest();
    const closing = closingOf(code);
    if (closing.kind === "retry") {
      this.hooks.heard(false);
      return true;
    }
    this.hooks.over(closing);
    return false;
  }
}
