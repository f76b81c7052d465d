import { unlimited } from "./encodings";
import { afterFailure, firstTrial, memoryAfter, type Trial } from "./fallback";
import { readRelayed, writeRelayed } from "./memory";
import type { Need, OwnLine, Relay, Uplink } from "./messages";
import { isRelayed } from "./ownLine";
import { Peer, type Offer } from "./Peer";
import { retryDelay } from "./retry";
import type { Sent } from "./Sending";

declare global {
  interface Window {
    /** What a support view reads: the running call's numbers as the browser counts them (W3C webrtc-stats). */
    samtaleCall?: { stats(): Promise<unknown[]> };
  }
}

export type ConnectionHooks = {
  /** The server hears us: what fails now fails because of the way of sound and picture. */
  heard(): boolean;
  /** What a new connection sends. */
  sends(): Record<Sent, MediaStreamTrack | null>;
  offer(peer: number, offer: Offer): void;
  /** A line has its track; it is silent until the server puts somebody into it. */
  line(mid: string, track: MediaStreamTrack): void;
  /** The lines are gone with the connection that had them. */
  forget(mids: readonly string[]): void;
  /** A picture began or stopped, or `standing` is another. */
  changed(): void;
};

/** Standing: joining until sound gets through for the first time, or until that has taken too long. */
export type Standing = "flowing" | "joining" | "broken";

/** Until sound gets through for the first time it is "joining", but not longer than this. */
const joiningFor = 8_000;

/**
 * Connection is the way of sound and picture: one Peer after another, each made when the last one was beyond repair, and by way of the
 * relay when nothing else gets through.
 */
export class Connection {
  private peer: Peer | null = null;
  private number = 0;
  private need: Need = { audio: 0, video: 0 };
  private readonly tracks = new Map<string, MediaStreamTrack>();
  private patience: ReturnType<typeof setTimeout> | undefined;
  private rebuilding: ReturnType<typeof setTimeout> | undefined;
  private rebuilds = 0;
  /** The peer is beyond repair, and the next one is waited for. */
  private broken = false;
  private flowing = false;
  private servers: RTCIceServer[] = [];
  private uplink = unlimited;
  private trial: Trial | null = null;
  private stoodSince: number | null = null;
  private path: OwnLine["path"] = "";
  /** True once sound and picture should have come: before, nobody needs a word about it. */
  private impatient = false;

  constructor(private readonly hooks: ConnectionHooks) {}

  standing(): Standing {
    if (this.flowing) return "flowing";
    return this.impatient ? "broken" : "joining";
  }

  track(mid: string): MediaStreamTrack | null {
    return this.tracks.get(mid) ?? null;
  }

  /**
   * enter is called on every way in: the first, out of the waiting room, and after a break with the connection kept. silent: nothing has come
   * for a moment, which a browser notices late.
   */
  enter(need: Need, silent: boolean): void {
    this.need = need;
    if (!this.peer || this.broken) this.rebuild();
    else this.peer.resume(need.audio, need.video, silent || !this.flowing);
  }

  /** want has so many lines. */
  want(need: Need): void {
    this.need = need;
    this.peer?.grow(need.audio, need.video);
  }

  /** relay takes the relay's addresses and credentials, anew before the old ones end. */
  relay(relay: Relay): void {
    this.servers = [{ urls: relay.urls, username: relay.username, credential: relay.credential }];
    this.peer?.relay(this.servers);
  }

  follow(uplink: Uplink): void {
    this.uplink = uplink;
    this.peer?.follow(uplink);
  }

  /** goes is told which path is taken, as soon as it is known. */
  goes(path: OwnLine["path"]): void {
    if (path === "" || path === this.path || !this.trial) return;
    this.path = path;
    writeRelayed(memoryAfter(this.trial.way, isRelayed(path), readRelayed(), Date.now()));
  }

  /** renew is the server's wish for a new connection: it has waited for this one in vain. */
  renew(): void {
    if (!this.flowing) this.count();
    this.rebuild();
  }

  private rebuild(): void {
    this.disconnect();
    this.trial ??= firstTrial(readRelayed(), Date.now());
    this.number += 1;
    const number = this.number;
    const mine = (run: () => void) => { if (number === this.number && this.peer) run(); };
    const setup = { servers: this.servers, relayed: this.servers.length > 0 && this.trial.way === "relay", tracks: this.hooks.sends(), uplink: this.uplink };
    this.peer = new Peer(setup, {
      heard: () => this.hooks.heard(),
      offer: (offer) => { mine(() => { this.hooks.offer(number, offer); }); },
      slot: (mid, track) => { mine(() => { this.slot(mid, track); }); },
      flowing: (flowing) => { mine(() => { this.flows(flowing); }); },
      broken: () => { mine(() => { this.count(); this.rebuildLater(); }); },
    });
    this.patience = setTimeout(() => { this.impatient = true; this.hooks.changed(); }, joiningFor);
    this.peer.grow(this.need.audio, this.need.video);
    this.hooks.changed();
  }

  /** forget ends the connection because the stay it belonged to is over; the next one counts from 1 again. */
  forget(): void {
    this.disconnect();
    this.number = 0;
  }

  close(): void {
    this.forget();
    this.impatient = false;
    this.rebuilds = 0;
    this.trial = null;
    this.servers = [];
    this.uplink = unlimited;
  }

  restart(): void {
    this.peer?.restart();
  }

  answer(peer: number, number: number, sdp: string): void {
    if (peer === this.number) void this.peer?.answer(number, sdp);
  }

  refused(number: number): void {
    void this.peer?.refused(number);
  }

  setTrack(source: Sent, track: MediaStreamTrack | null): void {
    this.peer?.setTrack(source, track);
  }

  async stats(): Promise<unknown[]> {
    return this.peer?.stats() ?? [];
  }

  async transport(): Promise<unknown[]> {
    return this.peer?.transport() ?? [];
  }

  private flows(flowing: boolean): void {
    this.flowing = flowing;
    this.impatient = true;
    if (flowing) {
      this.rebuilds = 0;
      this.stoodSince ??= performance.now();
    }
    this.hooks.changed();
  }

  /** count weighs a failure, unless the whole network is away. */
  private count(): void {
    if (!this.trial || !this.hooks.heard()) return;
    this.trial = afterFailure(this.trial, this.stoodSince === null ? null : performance.now() - this.stoodSince);
  }

  /** rebuildLater waits longer each time in vain, and without the server until it is back. */
  private rebuildLater(): void {
    clearTimeout(this.rebuilding);
    this.broken = true;
    this.rebuilding = setTimeout(() => { if (this.peer && this.hooks.heard()) this.rebuild(); }, retryDelay(this.rebuilds, Math.random()));
    this.rebuilds += 1;
  }

  private disconnect(): void {
    clearTimeout(this.patience);
    clearTimeout(this.rebuilding);
    this.flowing = false;
    this.broken = false;
    this.stoodSince = null;
    this.path = "";
    this.peer?.close();
    this.peer = null;
    this.hooks.forget([...this.tracks.keys()]);
    this.tracks.clear();
  }

  private slot(mid: string, track: MediaStreamTrack): void {
    this.tracks.set(mid, track);
    track.onunmute = () => { this.hooks.changed(); };
    track.onmute = () => { this.hooks.changed(); };
    this.hooks.line(mid, track);
  }
}
