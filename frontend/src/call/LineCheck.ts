import { answer, api, type Schemas } from "../api/client";
import { judge, lossIn, waysOf, type LineTest } from "./lineTest";
import { readLine } from "./ownLine";
import { guessLine, type LineGuess } from "./verdict";

/** LineKnown is what is known of the line before the call. */
export type LineKnown = { guess: LineGuess; test: LineTest };

/** As long as a connection in the call is waited for. */
const connectWithin = 12_000;

/** The first second is the browser finding its feet; after that this long is listened to. */
const settlesIn = 1_000;
const listensFor = 4_000;

/**
 * LineCheck tries the line while somebody stands before the call: how quick the server answers, and whether a test sound comes back. The
 * sound is a tone that is never played. Nobody waits for it: whoever joins ends it.
 */
export class LineCheck {
  private state: LineKnown = { guess: { online: true, answerMs: null, megabits: null, saving: false }, test: { kind: "none" } };
  private running: AbortController | null = null;
  private readonly watchers = new Set<() => void>();

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => { this.watchers.delete(watcher); };
  };
  readonly current = (): LineKnown => this.state;

  open(): void {
    addEventListener("online", this.again);
    addEventListener("offline", this.again);
    this.again();
  }

  close(): void {
    removeEventListener("online", this.again);
    removeEventListener("offline", this.again);
    this.running?.abort();
    this.running = null;
    if (this.state.test.kind === "testing") this.set({ test: { kind: "none" } });
  }

  /** again measures anew, as after the network has changed. */
  readonly again = (): void => {
    this.running?.abort();
    const mine = this.running = new AbortController();
    void this.measure(mine.signal);
  };

  private async measure(signal: AbortSignal): Promise<void> {
    this.set({ test: { kind: "testing" } });
    const guess = await guessLine(signal);
    if (signal.aborted) return;
    this.set({ guess });
    const test = guess.online ? await testLine(signal).catch((): LineTest => ({ kind: "none" })) : { kind: "none" as const };
    if (!signal.aborted) this.set({ test });
  }

  private set(change: Partial<LineKnown>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}

/** testLine throws when the test itself cannot be made, for example while the server has too many of them. */
async function testLine(signal: AbortSignal): Promise<LineTest> {
  const relay = await askRelay(signal);
  const pc = new RTCPeerConnection({ iceServers: relay?.urls ? [{ urls: relay.urls, username: relay.username, credential: relay.credential }] : [], bundlePolicy: "max-bundle" });
  const tone = new AudioContext();
  const end = () => {
    pc.close();
    void tone.close().catch(() => undefined); // closed already
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    const sender = pc.addTransceiver(toneOf(tone), { direction: "sendonly" });
    pc.addTransceiver("audio", { direction: "recvonly" });
    await pc.setLocalDescription();
    const { sdp } = await answer(api.POST("/v1/line-tests", { body: { sdp: pc.localDescription?.sdp ?? "", mid: sender.mid ?? "" }, signal }));
    const connected = connection(pc);
    await pc.setRemoteDescription({ type: "answer", sdp });
    if (!(await connected)) return { kind: "blocked", ways: waysOf(sdp, relay?.urls ?? []) };
    return await listen(pc);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

/** askRelay is null where the server has no relay. */
async function askRelay(signal: AbortSignal): Promise<Schemas["RelayCredentials"] | null> {
  const { data, response } = await api.POST("/v1/relay-credentials", { signal });
  return response.status === 200 ? (data ?? null) : null;
}

/** toneOf sounds nowhere but in the test. Before a press the browser may keep the clock asleep; then only the way itself is tried. */
function toneOf(clock: AudioContext): MediaStreamTrack {
  const destination = clock.createMediaStreamDestination();
  const oscillator = clock.createOscillator();
  oscillator.connect(destination);
  oscillator.start();
  void clock.resume().catch(() => undefined);
  const [track] = destination.stream.getAudioTracks();
  if (!track) throw new Error("line test: no track");
  return track;
}

/** connection is false when it has failed or does not come to stand in time. */
function connection(pc: RTCPeerConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => { resolve(false); }, connectWithin);
    pc.onconnectionstatechange = () => {
      if (pc.connectionState !== "connected" && pc.connectionState !== "failed" && pc.connectionState !== "closed") return;
      clearTimeout(late);
      resolve(pc.connectionState === "connected");
    };
  });
}

async function listen(pc: RTCPeerConnection): Promise<LineTest> {
  await new Promise((resolve) => setTimeout(resolve, settlesIn));
  const { counts } = readLine(await statsOf(pc), performance.now(), null);
  await new Promise((resolve) => setTimeout(resolve, listensFor));
  const stats = await statsOf(pc);
  const { line } = readLine(stats, performance.now(), counts);
  return judge({ path: line.path, rttMs: line.rtt_ms, loss: lossIn(stats), gap: line.gap_permille / 1_000 });
}

async function statsOf(pc: RTCPeerConnection): Promise<unknown[]> {
  const list: unknown[] = [];
  (await pc.getStats()).forEach((entry) => list.push(entry));
  return list;
}
