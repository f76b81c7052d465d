import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Line } from "./Line";

/** The browser's socket and its page, as far as Line meets them. */
class Socket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static all: Socket[] = [];
  readyState = Socket.CONNECTING;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;

  constructor() { Socket.all.push(this); }

  open(): void {
    this.readyState = Socket.OPEN;
    this.onopen?.();
  }

  close(): void { this.closed = true; }
  send(): void { /* nobody listens */ }
}

const last = () => {
  const socket = Socket.all.at(-1);
  if (!socket) throw new Error("no socket");
  return socket;
};

let online: () => void;
let line: Line;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
  Socket.all = [];
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("document", { visibilityState: "visible", addEventListener() { /* none */ }, removeEventListener() { /* none */ } });
  vi.stubGlobal("addEventListener", (_: string, run: () => void) => { online = run; });
  vi.stubGlobal("removeEventListener", () => { /* none */ });
  line = new Line("wss://x/ws", "samtale.v1", { opened() { /* */ }, received() { /* */ }, closed: () => true, gaveUp() { /* */ } });
  line.open();
});

afterEach(() => {
  line.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** taken is a socket on which the server has taken us in. */
const taken = () => {
  last().open();
  line.settled();
};

describe("the line", () => {
  it("waits long for the very first socket", () => {
    vi.advanceTimersByTime(9_000);
    expect(Socket.all).toHaveLength(1);
  });
  it("is tried again at once when it is dropped, and the old socket is closed", () => {
    taken();
    const old = last();
    line.drop();
    vi.advanceTimersByTime(0);
    expect(Socket.all).toHaveLength(2);
    expect(old.closed).toBe(true);
  });
  it("gives up an attempt that does not open, so that a line which comes back is noticed within seconds", () => {
    taken();
    line.drop();
    vi.advanceTimersByTime(30_000);
    // 3, 3, 6, 3, 3, 3, 6 s … and nothing between them
    expect(Socket.all.length).toBeGreaterThanOrEqual(8);
    expect(Socket.all.length).toBeLessThanOrEqual(11);
    expect(Socket.all.slice(0, -1).every((socket) => socket.closed)).toBe(true);
  });
  it("is tried each second while it is refused at once", () => {
    taken();
    last().onclose?.({ code: 1006 });
    for (let t = 0; t < 5_000; t += 100) {
      vi.advanceTimersByTime(100);
      if (!last().closed) {
        last().closed = true;
        last().onclose?.({ code: 1006 });
      }
    }
    expect(Socket.all.length).toBeGreaterThanOrEqual(6);
    expect(Socket.all.length).toBeLessThanOrEqual(8);
  });
  it("does not wait for an attempt from before the network was back", () => {
    taken();
    line.drop();
    vi.advanceTimersByTime(2_000);
    const stale = last();
    online();
    expect(stale.closed).toBe(true);
    expect(last()).not.toBe(stale);
  });
  it("leaves an attempt that has just begun, and a socket that stands", () => {
    taken();
    online();
    expect(Socket.all).toHaveLength(1);
    line.drop();
    vi.advanceTimersByTime(500);
    online();
    expect(Socket.all).toHaveLength(2);
  });
  it("does not wait for long to be taken in", () => {
    taken();
    line.drop();
    vi.advanceTimersByTime(0);
    last().open();
    vi.advanceTimersByTime(11_000);
    expect(Socket.all.length).toBeGreaterThan(2);
  });
});
