import { watchNetwork } from "./network";
import { openWithin, retryDelay } from "./retry";

export type LineHooks = {
  /** The socket stands: introduce yourself. */
  opened(): void;
  received(text: string): void;
  /** The socket is gone. Return false when it must not be tried again. */
  closed(code: number): boolean;
  /** It has been tried in vain for so long that the seat is certainly gone. */
  gaveUp(): void;
};

/** A server that has not answered a ping for this long is taken for gone; where there are other signs, much sooner. */
const silentFor = 30_000;

/** Whoever comes back later than this presses a button. */
const tryFor = 600_000;

/** The first socket of all, on a line of which nothing is known yet, and taking us in once a socket is open. */
const firstWithin = 10_000;

/** An attempt that is older when the network comes back was begun without it: its packets are lost, and are repeated late. */
const staleAfter = 700;

/**
 * Line keeps one WebSocket open: it tries again at once when the network or the person comes back, else each second and then slower.
 * It knows nothing of what is said. close ends it for good.
 */
export class Line {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private startedAt = 0;
  private ever = false;
  private taken = false;
  private over = false;
  private unwatch: (() => void) | null = null;
  private lostAt: number | null = null;

  constructor(private readonly address: string, private readonly protocol: string, private readonly hooks: LineHooks) {}

  open(): void {
    this.unwatch = watchNetwork(this.hurry);
    document.addEventListener("visibilitychange", this.looked);
    this.connect();
  }

  close(code = 1000): void {
    this.over = true;
    this.unwatch?.();
    document.removeEventListener("visibilitychange", this.looked);
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    this.socket?.close(code);
    this.socket = null;
  }

  /** send is lost while the socket is down; whoever must be heard says it again after `opened`. */
  send(message: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** settled: the other side has taken us in, so the next break begins with a quick attempt again. */
  settled(): void {
    this.ever = true;
    this.taken = true;
    this.attempt = 0;
    this.lostAt = null;
  }

  private connect(): void {
    const socket = new WebSocket(this.address, this.protocol);
    this.socket = socket;
    this.taken = false;
    this.startedAt = performance.now();
    this.listen(socket, this.ever ? openWithin(this.attempt) : firstWithin);
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.listen(socket, firstWithin);
      this.hooks.opened();
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.listen(socket, this.taken ? silentFor : firstWithin);
      if (typeof event.data === "string") this.hooks.received(event.data);
    };
    socket.onclose = (event) => { if (this.socket === socket) this.lost(event.code); };
  }

  /** drop gives the socket up for a new one: it is dead, although nothing says so. */
  drop(): void {
    const socket = this.socket;
    if (!socket) return;
    this.lost(1006);
    socket.close();
  }

  /** hurry tries at once: the network is back, as far as anybody knows. */
  readonly hurry = (): void => {
    if (this.over) return;
    const { socket } = this;
    if (socket && (socket.readyState !== WebSocket.CONNECTING || performance.now() - this.startedAt < staleAfter)) return;
    clearTimeout(this.timer);
    this.socket = null; // a browser begins the next one only when this is gone
    socket?.close();
    this.attempt = 0;
    this.connect();
  };

  /** A dead network does not close a socket for minutes; silence does it here. */
  private listen(socket: WebSocket, forMilliseconds: number): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      if (this.socket === socket) this.drop();
    }, forMilliseconds);
  }

  private lost(code: number): void {
    clearTimeout(this.watch);
    this.socket = null;
    if (this.over) return;
    if (!this.hooks.closed(code)) {
      this.close();
      return;
    }
    this.lostAt ??= performance.now();
    if (performance.now() - this.lostAt > tryFor) {
      this.close();
      this.hooks.gaveUp();
      return;
    }
    // What the last attempt has waited in vain counts. A socket that stood for long is not an attempt: the first one is at once.
    const waited = performance.now() - this.startedAt;
    this.timer = setTimeout(() => { this.connect(); }, Math.max(0, retryDelay(this.attempt, Math.random()) - (this.attempt > 0 ? waited : 0)));
    this.attempt += 1;
  }

  private readonly looked = () => {
    if (document.visibilityState === "visible") this.hurry();
  };
}
