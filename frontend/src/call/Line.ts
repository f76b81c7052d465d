import { watchNetwork } from "./network";
import { retryDelay } from "./retry";

export type LineHooks = {
  /** The socket stands: introduce yourself. */
  opened(): void;
  received(text: string): void;
  /** The socket is gone. Return false when it must not be tried again. */
  closed(code: number): boolean;
  /** It has been tried in vain for so long that the seat is certainly gone. */
  gaveUp(): void;
};

/** A server that has not answered a ping for this long is taken for gone. */
const silentFor = 25_000;

/** Whoever comes back later than this presses a button. */
const tryFor = 600_000;

/** A socket that does not open in this time is stuck in some middle box. */
const openWithin = 10_000;

/**
 * Line keeps one WebSocket open: it tries again at once when the network or the person comes back, else ever slower.
 * It knows nothing of what is said. close ends it for good.
 */
export class Line {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private over = false;
  private unwatch: (() => void) | null = null;
  private lostAt: number | null = null;

  constructor(private readonly address: string, private readonly protocol: string, private readonly hooks: LineHooks) {}

  open(): void {
    this.unwatch = watchNetwork(this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.connect();
  }

  close(code = 1000): void {
    this.over = true;
    this.unwatch?.();
    document.removeEventListener("visibilitychange", this.hurry);
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
    this.attempt = 0;
    this.lostAt = null;
  }

  private connect(): void {
    const socket = new WebSocket(this.address, this.protocol);
    this.socket = socket;
    this.listen(socket, openWithin);
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.listen(socket, silentFor);
      this.hooks.opened();
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.listen(socket, silentFor);
      if (typeof event.data === "string") this.hooks.received(event.data);
    };
    socket.onclose = (event) => { if (this.socket === socket) this.lost(event.code); };
  }

  /** A dead network does not close a socket for minutes; silence does it here. */
  private listen(socket: WebSocket, forMilliseconds: number): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      if (this.socket !== socket) return;
      socket.close();
      this.lost(1006);
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
    this.timer = setTimeout(() => { this.connect(); }, retryDelay(this.attempt, Math.random()));
    this.attempt += 1;
  }

  private readonly hurry = () => {
    if (this.over || this.socket || document.visibilityState === "hidden") return;
    clearTimeout(this.timer);
    this.attempt = 0;
    this.connect();
  };
}
