import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Line } from "./Line";
import { Stay } from "./Stay";

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
  sent: { t: string; id: number; d: { sent: number } }[] = [];

  constructor() { Socket.all.push(this); }

  open(): void {
    this.readyState = Socket.OPEN;
    this.onopen?.();
  }

  close(): void { this.closed = true; }
  send(text: string): void { this.sent.push(JSON.parse(text) as { t: string; id: number; d: { sent: number } }); }
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
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("location", { href: "https://x/" });
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

describe("a stay in doubt", () => {
  const you = { key: "k", name: "n", role: "r", organization: "o", guest: false, host: false };
  const welcome = { v: 1, session: "s1", secret: "x", resumed: false, place: "in", you, need: { audio: 1, video: 1 }, resume_seconds: 120 };
  const say = (message: object) => { last().onmessage?.({ data: JSON.stringify(message) }); };
  const pings = () => last().sent.filter((message) => message.t === "ping");
  const pong = () => {
    const ping = pings().at(-1);
    say({ t: "pong", re: ping?.id, d: { sent: ping?.d.sent } });
  };
  let stay: Stay;

  beforeEach(() => {
    line.close();
    Socket.all = [];
    const nothing = () => { /* not looked at */ };
    stay = new Stay("/ws", {
      introduce: () => ({ conference: "c", device: "device-1", muted: false, camera: false, screens: true }),
      welcomed: nothing, received: nothing, offerRefused: nothing, refused: nothing, heard: nothing, late: nothing, over: nothing,
    });
    stay.open();
    last().open();
    say({ t: "welcome", re: 1, d: welcome });
    vi.advanceTimersByTime(100);
    pong();
    vi.advanceTimersByTime(1_000);
  });
  afterEach(() => { stay.close(); });

  it("takes a new socket when no answer comes, as soon as one should have come", () => {
    stay.doubt(true);
    vi.advanceTimersByTime(1_250);
    expect(Socket.all).toHaveLength(1);
    vi.advanceTimersByTime(100);
    expect(Socket.all).toHaveLength(2);
  });
  it("waits longer on a line whose answers take long", () => {
    stay.doubt(true);
    vi.advanceTimersByTime(900);
    pong();
    vi.advanceTimersByTime(1_000);
    stay.doubt(true);
    vi.advanceTimersByTime(2_400);
    expect(Socket.all).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(Socket.all).toHaveLength(2);
  });
  it("keeps the socket that answers", () => {
    stay.doubt(true);
    vi.advanceTimersByTime(300);
    pong();
    vi.advanceTimersByTime(3_000);
    expect(Socket.all).toHaveLength(1);
  });
  it("keeps a slow socket while sound and picture come, unless the way out is another", () => {
    stay.doubt(true);
    stay.trust(false);
    vi.advanceTimersByTime(3_000);
    expect(Socket.all).toHaveLength(1);
    stay.doubt(false);
    stay.trust(false);
    vi.advanceTimersByTime(3_000);
    expect(Socket.all.length).toBeGreaterThan(1);
  });
  it("asks once for many signs", () => {
    const before = pings().length;
    stay.doubt(true);
    pong();
    for (let i = 0; i < 50; i += 1) stay.doubt(true);
    expect(pings()).toHaveLength(before + 1);
  });
  it("asks each four seconds without any sign", () => {
    const before = pings().length;
    vi.advanceTimersByTime(8_100);
    expect(pings().length).toBeGreaterThanOrEqual(before + 2);
  });
  it("tries at once when sound is back before the socket", () => {
    stay.doubt(true);
    vi.advanceTimersByTime(1_400 + 2_000);
    const { length } = Socket.all;
    stay.trust(false);
    expect(Socket.all).toHaveLength(length);
    stay.trust(true);
    expect(Socket.all).toHaveLength(length + 1);
  });
});
