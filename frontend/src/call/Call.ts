import { Belief, type Own } from "./Belief";
import { Capture } from "./Capture";
import type { Closing } from "./closing";
import { Connection } from "./Connection";
import { Floor } from "./Floor";
import { Gauge } from "./Gauge";
import { Hearing } from "./Hearing";
import { Keeping } from "./Keeping";
import { LineCheck } from "./LineCheck";
import { insideCall, setInsideCall, tabId } from "./memory";
import type { Need, OwnLine, ServerMessage, Welcome } from "./messages";
import { apply, changeOf, emptyRoom, wasLowered, type RoomState } from "./room";
import { Sharing } from "./Sharing";
import { beforeCall, lineOf, type CallState, type Party } from "./state";
import { Stay } from "./Stay";
import { Viewing } from "./Viewing";
import { Watch } from "./Watch";

/** How a call begins. soundFirst: the camera stays off until it is tapped. now: without the page before the call. */
export type Beginning = { soundFirst: boolean; now: boolean };

const goneAfter = 1_000; // a socket that is back this quickly was never gone for a person

/**
 * Call is one meeting as this page takes part in it: own devices, the stay at the server, the media connection, and what
 * of all that the pages see. It is made without effect; open begins, close ends, and it may be opened again.
 */
export class Call {
  readonly capture = new Capture((interrupted) => { this.hearing.interrupt(interrupted); });
  readonly hearing = new Hearing((sound) => { this.set({ sound }); }, () => { void this.capture.retry(); });
  readonly lineCheck = new LineCheck();
  readonly viewing = new Viewing((view) => this.stay?.tell({ t: "view", d: view }) ?? false);
  private readonly screen = new Sharing(() => { this.screenChanged(); });
  private readonly connection: Connection;
  private readonly gauge = new Gauge(() => this.connection.stats(), (line) => { this.measured(line); });
  private readonly watch = new Watch(() => this.stay, () => this.connection);
  private readonly keeping = new Keeping((change) => { this.set(change); });
  private readonly belief = new Belief();
  private readonly floor = new Floor((mid) => this.connection.track(mid), () => { this.show(); });
  private readonly watchers = new Set<() => void>();
  private state: CallState = beforeCall;
  private room: RoomState = emptyRoom;
  private stay: Stay | null = null;
  private need: Need = { audio: 0, video: 0 };
  private you: Party | null = null;
  private session = "";
  private goingOn: ReturnType<typeof setTimeout> | undefined;
  private up = false;
  private late = false;
  private stopCapture: (() => void) | null = null;
  private turn = 0;
  /** Counts the ways straight in, so that an old one does not end a new one. */
  private started = 0;

  constructor(private readonly conference: string, private readonly path: string, private readonly beginning: Beginning) {
    this.connection = new Connection({
      heard: () => this.up,
      sends: () => ({ microphone: this.capture.track("microphone"), camera: this.capture.track("camera"), screen: this.screen.track() }),
      offer: (peer, { iceRestart, number, sdp, published }) => {
        this.stay?.request({ t: "offer", d: { peer, number, sdp, published: [...published], ice_restart: iceRestart } });
      },
      line: (mid, track) => { if (track.kind === "audio") this.hearing.hear(mid, track); },
      forget: (mids) => { this.hearing.forget(mids); },
      changed: () => {
        this.gauge.run(this.connection.standing() === "flowing");
        this.showLine();
        this.show();
      },
    });
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => { this.watchers.delete(watcher); };
  };
  readonly current = (): CallState => this.state;

  /** open shows yourself; a tab that was inside goes straight back, and so does whoever has just said yes to a talk. */
  open(): void {
    this.stopCapture = this.capture.subscribe(() => { this.captureChanged(); });
    this.hearing.through(this.capture.speaker());
    this.watch.open();
    this.hearing.open();
    this.viewing.open();
    window.samtaleCall = { stats: () => this.connection.stats() };
    const back = insideCall(this.conference);
    const opening = this.capture.open(back || !this.beginning.soundFirst);
    if (back) this.join();
    else if (this.beginning.now) void this.start(opening);
    else this.lineCheck.open();
  }

  close(): void {
    this.stopCapture?.();
    this.watch.close();
    this.viewing.close();
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
    this.lineCheck.close();
    this.set({ ...beforeCall, phase: { kind: "connecting" }, line: "joining" });
    this.stay = new Stay(this.path, {
      introduce: () => ({ conference: this.conference, device: tabId(), screens: true, ...this.belief.introduce(this.own()) }),
      welcomed: (welcome) => { this.welcomed(welcome); },
      received: (message) => { this.received(message); },
      offerRefused: (number) => { this.connection.refused(number); },
      refused: (code) => { if (code === "screen_taken") this.stopScreen("taken"); },
      heard: (up) => { this.heard(up); },
      late: (late) => { this.late = late; this.showLine(); },
      over: (closing) => { this.over(closing); },
    });
    this.stay.open();
  }

  /** leave also stops waiting for a device, back to the page before the call. */
  leave(): void {
    if (this.state.phase.kind === "starting") this.set({ phase: { kind: "check" } });
    this.stay?.leave();
    this.over({ kind: "left" });
  }

  /** again goes back in from the page after the call. */
  again(): void {
    void this.capture.open(!this.beginning.soundFirst);
    this.hearing.open();
    this.join();
  }

  setMuted(muted: boolean): void {
    this.capture.setMuted(muted);
  }

  /** Who turns the camera on while on sound only wants pictures again. */
  async setCamera(on: boolean): Promise<void> {
    if (on && this.capture.current().wishes.soundOnly) await this.setSoundOnly(false);
    if (on && this.capture.track("camera")) return;
    await this.capture.setCamera(on);
  }

  /** setSoundOnly tells the server too, which then sends no pictures; the sound goes on meanwhile. */
  async setSoundOnly(soundOnly: boolean): Promise<void> {
    const changing = this.capture.setSoundOnly(soundOnly);
    if (this.stay && this.state.phase.kind === "inside") this.connection.want(this.wanted());
    this.show();
    await changing;
  }

  admit(key: string): void {
    this.stay?.request({ t: "admit", d: { key } });
  }

  deny(key: string): void {
    this.stay?.request({ t: "deny", d: { key } });
  }

  /** setHand shows when the server has said it to everybody, in its order. */
  setHand(hand: boolean): void {
    const { muted, camera } = this.own();
    this.stay?.request({ t: "state", d: { muted, camera, hand } });
  }

  lower(key: string): void {
    this.stay?.request({ t: "lower", d: { key } });
  }

  unshare(key: string): void {
    this.stay?.request({ t: "unshare", d: { key } });
  }

  /** share must be called from a press. One at a time: two screens would leave no room for faces. */
  async share(): Promise<void> {
    if (this.state.shared) this.screen.stop("taken");
    else await this.screen.start();
  }

  stopSharing(): void {
    this.screen.stop();
  }

  forgetShareNote(): void {
    this.screen.forgetNote();
  }

  /** playSound must be called from a press. */
  playSound(): void {
    this.hearing.play();
  }

  /** restoreSound gives back all that a phone call has taken. It must be called from a press. */
  async restoreSound(): Promise<void> {
    await this.hearing.restore(() => this.capture.restart());
  }

  /** start goes in as soon as somebody can be heard; else the page before the call says what stands in the way. */
  private async start(opening: Promise<void>): Promise<void> {
    const started = (this.started += 1);
    this.set({ phase: { kind: "starting" } });
    await opening;
    if (started !== this.started || this.state.phase.kind !== "starting") return;
    if (this.capture.track("microphone")) this.join();
    else this.set({ phase: { kind: "check" } });
  }

  private own(): Own {
    const { muted, microphone, camera, silenced } = this.capture.current();
    return { muted: muted || silenced || microphone.kind === "trouble", camera: camera.kind === "live", screen: this.screen.track() !== null };
  }

  /** Whoever comes in with sound only has no lines for pictures: the offer is shorter, and lines can be added. */
  private wanted(): Need {
    return { audio: this.need.audio, video: this.capture.current().wishes.soundOnly ? 0 : this.need.video };
  }

  private captureChanged(): void {
    this.hearing.silence(this.capture.current().silenced);
    this.hearing.through(this.capture.speaker());
    this.connection.setTrack("microphone", this.capture.track("microphone"));
    this.connection.setTrack("camera", this.capture.track("camera"));
    this.tellState();
    this.show();
  }

  private screenChanged(): void {
    this.connection.setTrack("screen", this.screen.track());
    this.tellState();
    this.set({ sharing: this.screen.state(), shareNote: this.screen.note() });
  }

  /** The server will not have this screen, or no longer. */
  private stopScreen(why: "taken" | "ended"): void {
    this.belief.screenOver();
    this.screen.stop(why);
  }

  private tellState(): void {
    const news = this.up ? this.belief.news(this.own()) : null;
    if (news) this.stay?.request({ t: "state", d: news });
  }

  private measured(own: OwnLine): void {
    this.connection.goes(own.path);
    this.stay?.tell({ t: "line", d: own });
    this.set({ own });
  }

  private welcomed(welcome: Welcome): void {
    this.you = welcome.you;
    this.session = welcome.session;
    this.need = welcome.need;
    if (welcome.relay) this.connection.relay(welcome.relay);
    setInsideCall(this.conference);
    if (!welcome.resumed) {
      this.room = emptyRoom;
      this.connection.forget();
    }
    this.belief.welcomed(welcome.resumed, this.screen.track() !== null);
    this.viewing.again();
    this.set({ session: welcome.session });
    if (welcome.place === "lobby") {
      this.tellState();
      this.set({ phase: { kind: "waiting" }, line: "good" });
      return;
    }
    this.enter();
  }

  private enter(): void {
    this.set({ phase: { kind: "inside" } });
    this.connection.enter(this.wanted(), this.watch.silent());
    this.tellState();
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
        this.connection.want(this.wanted());
        break;
      case "restart":
        this.connection.restart();
        break;
      case "rebuild":
        this.connection.renew();
        break;
      case "relay":
        this.connection.relay(message.d);
        return;
      case "uplink":
        this.connection.follow(message.d);
        break;
      case "answer":
        this.connection.answer(message.d.peer, message.d.number, message.d.sdp);
        return;
      case "changed":
        this.set({ changes: this.state.changes + 1 });
        return;
      case "roster":
      case "lobby":
        this.tell(before);
        break;
      case "waiting":
      case "downlink":
      case "lines":
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

  /** tell plays the entry sound and says who came and went, and what a host has done to you. */
  private tell(before: RoomState): void {
    const you = this.you?.key ?? "";
    const lowered = wasLowered(before, this.room, you, this.session);
    if (lowered.screen && this.screen.track()) this.stopScreen("ended");
    if (lowered.hand) this.set({ lowered: this.state.lowered + 1 });
    const change = changeOf(before, this.room, you);
    if (!change) return;
    if (change.came.length + change.outside.length > 0) this.hearing.tones.came();
    else if (change.left.length > 0) this.hearing.tones.left();
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
    this.connection.close();
    this.screen.stop();
    this.capture.close();
    this.hearing.close();
    this.floor.clear();
    this.gauge.run(false);
    this.lineCheck.close();
    this.keeping.clear();
    clearTimeout(this.goingOn);
    this.started += 1;
    this.up = false;
    this.late = false;
    this.belief.forget();
    this.you = null;
    this.room = emptyRoom;
  }

  private showLine(): void {
    const inside = this.state.phase.kind === "inside";
    const line = this.stay ? lineOf(this.up, this.you !== null, inside, this.connection.standing(), this.late) : "good";
    if (line !== this.state.line) this.set({ line });
  }

  /** show works out what the pages see from what is known. */
  private show(): void {
    if (!this.stay) return;
    const own = this.own();
    this.set(this.floor.see(this.room, { key: this.you?.key ?? "", muted: own.muted, picture: this.capture.track("camera") }));
    this.viewing.see(this.room.slots, this.room.speakers, this.capture.current().wishes.soundOnly);
    this.keeping.see(this.room, own);
  }

  private set(change: Partial<CallState>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}
