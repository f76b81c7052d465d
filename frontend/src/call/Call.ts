import { Capture } from "./Capture";
import type { Closing } from "./closing";
import { Ears } from "./Ears";
import { nextLook, nextStage, type Stage } from "./layout";
import { insideCall, setInsideCall, tabId } from "./memory";
import type { Need, ServerMessage, Welcome } from "./messages";
import { watchNetwork } from "./network";
import { Peer } from "./Peer";
import { retryDelay } from "./retry";
import { apply, changeOf, conditionOf, emptyRoom, pictureOf, type RoomState } from "./room";
import { beforeCall, type CallState, type LineState, type Party, type Person } from "./state";
import { Stay } from "./Stay";
import { Tones } from "./tones";

declare global {
  interface Window {
    /** What a support view reads: the running call's numbers as the browser counts them (W3C webrtc-stats). */
    samtaleCall?: { stats(): Promise<unknown[]> };
  }
}

/** A socket that is back this quickly was never gone for a person. */
const goneAfter = 1_000;

/** Until sound gets through for the first time it is "joining", but not longer than this. */
const joiningFor = 8_000;

/**
 * Call is one meeting as this page takes part in it: own devices, the stay at the server, the media connection, and what
 * of all that the pages see. It is made without effect; open begins, close ends, and it may be opened again.
 */
export class Call {
  readonly capture = new Capture();
  readonly tones = new Tones();
  private readonly ears = new Ears((blocked) => { if (blocked !== this.state.soundBlocked) this.set({ soundBlocked: blocked }); });
  private readonly watchers = new Set<() => void>();
  private state: CallState = beforeCall;
  private room: RoomState = emptyRoom;
  private stay: Stay | null = null;
  private peer: Peer | null = null;
  private peerNumber = 0;
  private need: Need = { audio: 0, video: 0 };
  private you: Party | null = null;
  private readonly tracks = new Map<string, MediaStreamTrack>();
  private stage: Stage = { large: null, since: 0 };
  private looking: ReturnType<typeof setTimeout> | undefined;
  private goingOn: ReturnType<typeof setTimeout> | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private rebuilding: ReturnType<typeof setTimeout> | undefined;
  private rebuilds = 0;
  /** True once sound and picture should have come: before, nobody needs a word about it. */
  private impatient = false;
  private up = false;
  private late = false;
  private flowing = false;
  private introduced = { muted: false, camera: false };
  private told = { muted: false, camera: false };
  private stopCapture: (() => void) | null = null;
  private unwatch: (() => void) | null = null;
  private turn = 0;

  constructor(private readonly conference: string, private readonly path: string) {}

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => { this.watchers.delete(watcher); };
  };
  readonly current = (): CallState => this.state;

  /** open shows yourself; a tab that was inside goes straight back. */
  open(): void {
    this.stopCapture = this.capture.subscribe(() => { this.captureChanged(); });
    this.speakThrough(this.capture.current().wishes.speaker ?? "");
    this.unwatch = watchNetwork(() => { this.peer?.restart(); });
    window.samtaleCall = { stats: () => this.peer?.stats() ?? Promise.resolve([]) };
    void this.capture.open();
    if (insideCall(this.conference)) this.join();
  }

  close(): void {
    this.stopCapture?.();
    this.unwatch?.();
    delete window.samtaleCall;
    // Another page was opened instead: that is leaving. On the way in nothing is left yet, and a reload comes back by itself.
    if (this.state.phase.kind === "inside" || this.state.phase.kind === "waiting") {
      this.stay?.leave();
      setInsideCall(null);
    }
    this.end();
    this.set(beforeCall);
  }

  join(): void {
    if (this.stay) return;
    this.set({ ...beforeCall, phase: { kind: "connecting" }, line: "joining" });
    this.stay = new Stay(this.path, {
      introduce: () => {
        this.introduced = this.own();
        return { conference: this.conference, device: tabId(), ...this.introduced };
      },
      welcomed: (welcome) => { this.welcomed(welcome); },
      received: (message) => { this.received(message); },
      offerRefused: (number) => { void this.peer?.refused(number); },
      heard: (up) => { this.heard(up); },
      late: (late) => { this.late = late; this.showLine(); },
      over: (closing) => { this.over(closing); },
    });
    this.stay.open();
  }

  leave(): void {
    this.stay?.leave();
    this.over({ kind: "left" });
  }

  /** again goes back in from the page after the call. */
  again(): void {
    void this.capture.open();
    this.join();
  }

  setMuted(muted: boolean): void {
    this.capture.setMuted(muted);
  }

  /** Who turns the camera on while on sound only wants pictures again. */
  async setCamera(on: boolean): Promise<void> {
    if (on && this.capture.current().wishes.soundOnly) await this.setSoundOnly(false);
    else await this.capture.setCamera(on);
  }

  /** Without lines for pictures none are sent to us, so a running connection is made anew: half a second without sound. */
  async setSoundOnly(soundOnly: boolean): Promise<void> {
    const changing = this.capture.setSoundOnly(soundOnly);
    if (this.peer && soundOnly) this.connect();
    else this.peer?.grow(this.need.audio, this.pictures());
    await changing;
  }

  chooseSpeaker(id: string): void {
    this.capture.chooseSpeaker(id);
    this.speakThrough(id);
  }

  admit(key: string): void {
    this.stay?.request({ t: "admit", d: { key } });
  }

  deny(key: string): void {
    this.stay?.request({ t: "deny", d: { key } });
  }

  /** playSound must be called from a press. */
  playSound(): void {
    this.ears.unlock();
  }

  private own(): { muted: boolean; camera: boolean } {
    const { muted, microphone, camera } = this.capture.current();
    return { muted: muted || microphone.kind === "trouble", camera: camera.kind === "live" };
  }

  private pictures(): number {
    return this.capture.current().wishes.soundOnly ? 0 : this.need.video;
  }

  private speakThrough(speaker: string): void {
    this.tones.through(speaker);
    this.ears.through(speaker);
  }

  private captureChanged(): void {
    this.peer?.setTrack("microphone", this.capture.track("microphone"));
    this.peer?.setTrack("camera", this.capture.track("camera"));
    this.tellState();
    this.show();
  }

  private tellState(): void {
    const own = this.own();
    if (!this.up || (own.muted === this.told.muted && own.camera === this.told.camera)) return;
    this.told = own;
    this.stay?.request({ t: "state", d: own });
  }

  private welcomed(welcome: Welcome): void {
    this.you = welcome.you;
    this.need = welcome.need;
    setInsideCall(this.conference);
    if (!welcome.resumed) {
      this.room = emptyRoom;
      this.disconnect();
      this.peerNumber = 0;
    }
    // The server believes the introduction. A camera that came on while the welcome was on its way must be told, or nobody
    // will ever be shown it.
    this.told = this.introduced;
    this.tellState();
    if (welcome.place === "lobby") {
      this.set({ phase: { kind: "waiting" }, line: "good" });
      return;
    }
    this.enter();
  }

  /** enter is called on every way in: the first, out of the waiting room, and after a break with the connection kept. */
  private enter(): void {
    this.set({ phase: { kind: "inside" } });
    if (!this.peer) {
      this.connect();
      return;
    }
    this.peer.grow(this.need.audio, this.pictures());
    this.peer.repeat();
    if (!this.flowing) this.peer.restart();
  }

  private connect(): void {
    this.disconnect();
    this.peerNumber += 1;
    const number = this.peerNumber;
    const mine = (run: () => void) => { if (number === this.peerNumber && this.peer) run(); };
    const tracks = { microphone: this.capture.track("microphone"), camera: this.capture.track("camera") };
    this.peer = new Peer([], tracks, {
      offer: (offer) => {
        mine(() => {
          const { iceRestart, ...rest } = offer;
          this.stay?.request({ t: "offer", d: { peer: number, number: rest.number, sdp: rest.sdp, published: [...rest.published], ice_restart: iceRestart } });
        });
      },
      slot: (mid, track) => { mine(() => { this.slot(mid, track); }); },
      flowing: (flowing) => { mine(() => { this.flows(flowing); }); },
      broken: () => { mine(() => { this.rebuild(); }); },
    });
    this.patience = setTimeout(() => { this.impatient = true; this.showLine(); }, joiningFor);
    this.peer.grow(this.need.audio, this.pictures());
    this.showLine();
  }

  private flows(flowing: boolean): void {
    this.flowing = flowing;
    this.impatient = true;
    if (flowing) this.rebuilds = 0;
    this.showLine();
  }

  /** rebuild makes a new connection, slower each time in vain. */
  private rebuild(): void {
    clearTimeout(this.rebuilding);
    this.rebuilding = setTimeout(() => { if (this.peer) this.connect(); }, retryDelay(this.rebuilds, Math.random()));
    this.rebuilds += 1;
  }

  private disconnect(): void {
    clearTimeout(this.patience);
    clearTimeout(this.rebuilding);
    this.flowing = false;
    this.peer?.close();
    this.peer = null;
    for (const mid of this.tracks.keys()) this.ears.forget(mid);
    this.tracks.clear();
  }

  private slot(mid: string, track: MediaStreamTrack): void {
    this.tracks.set(mid, track);
    if (track.kind === "audio") this.ears.hear(mid, track);
    track.onunmute = () => { this.show(); };
    track.onmute = () => { this.show(); };
  }

  private received(message: ServerMessage): void {
    const before = this.room;
    this.room = apply(this.room, message);
    switch (message.t) {
      case "admitted":
        this.enter();
        break;
      case "need":
        this.need = message.d;
        this.peer?.grow(this.need.audio, this.pictures());
        break;
      case "restart":
        this.peer?.restart();
        break;
      case "rebuild":
        this.connect();
        break;
      case "answer":
        if (message.d.peer === this.peerNumber) void this.peer?.answer(message.d.number, message.d.sdp);
        return;
      case "roster":
      case "lobby":
        this.tell(before);
        break;
      case "waiting":
      case "slots":
      case "speakers":
        break;
      case "welcome":
      case "pong":
      case "ok":
      case "error":
        return; // the stay's own business
    }
    this.show();
  }

  /** tell plays the entry sound and says who came and went. */
  private tell(before: RoomState): void {
    const change = changeOf(before, this.room, this.you?.key ?? "");
    if (!change) return;
    if (change.came.length + change.outside.length > 0) this.tones.came();
    else this.tones.left();
    this.turn += 1;
    this.set({ happening: { ...change, turn: this.turn } });
  }

  private heard(up: boolean): void {
    this.up = up;
    clearTimeout(this.goingOn);
    this.late = false;
    if (up) this.showLine();
    else this.goingOn = setTimeout(() => { this.showLine(); }, goneAfter);
  }

  private over(closing: Closing): void {
    if (!this.stay || closing.kind === "retry") return;
    setInsideCall(null);
    this.end();
    this.set({ ...beforeCall, phase: closing.kind === "left" ? { kind: "left" } : { kind: "ended", by: closing.by } });
  }

  /** end lets go of everything that is open. */
  private end(): void {
    const was = this.stay;
    this.stay = null;
    was?.close();
    this.disconnect();
    this.ears.close();
    this.tones.close();
    this.capture.close();
    clearTimeout(this.looking);
    clearTimeout(this.goingOn);
    this.up = false;
    this.late = false;
    this.impatient = false;
    this.rebuilds = 0;
    this.you = null;
    this.room = emptyRoom;
    this.stage = { large: null, since: 0 };
  }

  private lineState(): LineState {
    if (!this.stay) return "good";
    if (!this.up) return this.you ? "gone" : "joining";
    if (this.state.phase.kind !== "inside") return "good";
    if (!this.flowing) return this.impatient ? "media" : "joining";
    return this.late ? "weak" : "good";
  }

  private showLine(): void {
    const line = this.lineState();
    if (line !== this.state.line) this.set({ line });
  }

  /** show works out what the pages see from what is known. */
  private show(): void {
    if (!this.stay) return;
    const people = (this.room.roster ?? []).map((p): Person => {
      const you = p.key === this.you?.key;
      const own = you ? { muted: this.own().muted, away: false } : conditionOf(p);
      return { key: p.key, name: p.name, role: p.role, organization: p.organization, guest: p.guest, host: p.host, you, ...own, picture: this.picture(p.key, you) };
    });
    this.arrange(people);
    this.set({ people, outside: this.room.lobby, openers: this.room.hosts, speakers: this.room.speakers, large: this.stage.large });
  }

  private arrange(people: readonly Person[]): void {
    const now = performance.now();
    const seated = people.map((p) => ({ key: p.key, you: p.you, picture: p.picture !== null }));
    this.stage = nextStage(this.stage, seated, this.room.speakers, now);
    clearTimeout(this.looking);
    const wait = nextLook(this.stage, this.room.speakers, now);
    if (wait !== null && wait > 0) this.looking = setTimeout(() => { this.show(); }, wait);
  }

  private picture(key: string, you: boolean): MediaStreamTrack | null {
    if (you) return this.capture.track("camera");
    const mid = pictureOf(this.room, key);
    const track = mid === null ? undefined : this.tracks.get(mid);
    return track && !track.muted ? track : null;
  }

  private set(change: Partial<CallState>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}
