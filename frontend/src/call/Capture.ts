import { forbidden, listDevices, noDevices, openBoth, openDevice, supported, troubleOf, type Devices, type Source, type Trouble } from "./devices";
import { LevelMeter } from "./level";
import { readKept, readWishes, writeKept, writeWishes, type Wishes } from "./memory";

/** SourceState is one of your own devices as the page shows it. */
export type SourceState =
  | { kind: "idle" }
  | { kind: "asking" }
  | { kind: "live"; track: MediaStreamTrack }
  | { kind: "off" } // by your own choice; nothing is recorded
  | { kind: "trouble"; trouble: Trouble };

export type CaptureState = {
  microphone: SourceState;
  camera: SourceState;
  devices: Devices;
  wishes: Wishes;
  muted: boolean;
  /** The machine has taken the microphone, for example for a phone call; a press gives it back. */
  stalled: boolean;
};

/** How long a silent track may be a hiccup of the machine (iOS mutes while a phone call rings). */
const stalledAfter = 2_000;

/**
 * Capture holds your own microphone and camera. It changes nothing on the wire: whoever sends asks for `track` and is
 * told by the watcher when it changes. open may be called again after close.
 */
export class Capture {
  readonly level = new LevelMeter();
  private state: CaptureState = {
    microphone: { kind: "idle" }, camera: { kind: readKept().cameraOff ? "off" : "idle" }, devices: noDevices, wishes: readWishes(), muted: readKept().muted, stalled: false,
  };
  private readonly watchers = new Set<() => void>();
  private stalling: ReturnType<typeof setTimeout> | undefined;
  /** Counts openings and closings, so that an answer to an old question is thrown away. */
  private turn = 0;
  /** The same for each device: only the last choice counts. */
  private readonly asked: Record<Source, number> = { microphone: 0, camera: 0 };
  private readonly held: Record<Source, MediaStreamTrack | null> = { microphone: null, camera: null };

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => { this.watchers.delete(watcher); };
  };
  readonly current = (): CaptureState => this.state;

  track(source: Source): MediaStreamTrack | null {
    const state = this.state[source];
    return state.kind === "live" ? state.track : null;
  }

  /** open asks for the devices, both in one question where it can. */
  async open(): Promise<void> {
    const turn = (this.turn += 1);
    if (!supported()) {
      this.set({ microphone: { kind: "trouble", trouble: "unsupported" }, camera: { kind: "trouble", trouble: "unsupported" } });
      return;
    }
    navigator.mediaDevices.addEventListener("devicechange", this.devicesChanged);
    const picture = !this.state.wishes.soundOnly && this.state.camera.kind !== "off";
    this.set({ microphone: { kind: "asking" }, camera: picture ? { kind: "asking" } : { kind: "off" } });
    if (picture) await this.openTogether(turn);
    else await this.acquire("microphone");
    await this.list();
  }

  close(): void {
    this.turn += 1;
    if (supported()) navigator.mediaDevices.removeEventListener("devicechange", this.devicesChanged);
    clearTimeout(this.stalling);
    this.level.close();
    this.release("microphone");
    this.release("camera");
    this.set({ microphone: { kind: "idle" }, camera: this.state.camera.kind === "off" ? { kind: "off" } : { kind: "idle" }, stalled: false });
  }

  setMuted(muted: boolean): void {
    const track = this.track("microphone");
    if (track) track.enabled = !muted;
    this.set({ muted });
    if (!muted && this.state.microphone.kind === "trouble") void this.acquire("microphone");
  }

  async setCamera(on: boolean): Promise<void> {
    if (on) {
      await this.acquire("camera");
      return;
    }
    this.asked.camera += 1;
    this.release("camera");
    this.set({ camera: { kind: "off" } });
  }

  /** setSoundOnly is kept on this machine: the same person on the same line will want it again. */
  async setSoundOnly(soundOnly: boolean): Promise<void> {
    this.wish({ soundOnly });
    await this.setCamera(!soundOnly);
  }

  async choose(source: Source, id: string): Promise<void> {
    this.wish(source === "microphone" ? { microphone: id } : { camera: id });
    await this.acquire(source);
  }

  chooseSpeaker(id: string): void {
    this.wish({ speaker: id });
  }

  setShortcuts(shortcuts: boolean): void {
    this.wish({ shortcuts });
  }

  /** restart gives back a microphone that the machine has silenced. */
  async restart(): Promise<void> {
    await this.acquire("microphone");
  }

  private async openTogether(turn: number): Promise<void> {
    const { microphone, camera } = this.state.wishes;
    try {
      const tracks = await openBoth(microphone, camera);
      if (turn !== this.turn) {
        tracks.microphone?.stop();
        tracks.camera?.stop();
        return;
      }
      this.take("microphone", tracks.microphone);
      this.take("camera", tracks.camera);
    } catch (error) {
      if (turn !== this.turn) return;
      await this.openApart(turn, troubleOf(error));
    }
  }

  /** One of the two stands in the way: sound is asked for first, for it is the call. */
  private async openApart(turn: number, trouble: Trouble): Promise<void> {
    for (const source of ["microphone", "camera"] as const) {
      if (turn !== this.turn) return;
      if (trouble === "denied" && await forbidden(source)) this.set({ [source]: { kind: "trouble", trouble } });
      else await this.acquire(source);
    }
  }

  private async acquire(source: Source): Promise<void> {
    const turn = this.turn;
    const asked = (this.asked[source] += 1);
    const stale = () => turn !== this.turn || asked !== this.asked[source];
    this.set({ [source]: { kind: "asking" } });
    // Some machines give a device to one user at a time, and that includes us.
    this.drop(source);
    try {
      const track = await openDevice(source, this.state.wishes[source]);
      if (stale()) track.stop();
      else this.take(source, track);
    } catch (error) {
      if (!stale()) this.set({ [source]: { kind: "trouble", trouble: troubleOf(error) } });
    }
  }

  private take(source: Source, track: MediaStreamTrack | null): void {
    this.drop(source);
    if (!track) {
      this.set({ [source]: { kind: "trouble", trouble: "missing" } });
      return;
    }
    this.held[source] = track;
    track.onended = () => { void this.lost(source, track); };
    if (source === "microphone") {
      track.enabled = !this.state.muted;
      track.onmute = () => { this.stalling = setTimeout(() => { this.set({ stalled: true }); }, stalledAfter); };
      track.onunmute = () => { clearTimeout(this.stalling); this.set({ stalled: false }); };
      this.level.follow(track);
    }
    this.set({ [source]: { kind: "live", track }, ...(source === "microphone" ? { stalled: false } : {}) });
  }

  /** release stops a device: its light goes out. */
  private release(source: Source): void {
    if (source === "microphone") this.level.follow(null);
    this.drop(source);
  }

  private drop(source: Source): void {
    const track = this.held[source];
    this.held[source] = null;
    if (!track) return;
    track.onended = null;
    track.onmute = null;
    track.onunmute = null;
    track.stop();
  }

  /** A device was pulled out or taken away: the default takes over. */
  private async lost(source: Source, track: MediaStreamTrack): Promise<void> {
    if (this.held[source] !== track) return;
    await this.acquire(source);
    await this.list();
  }

  private readonly devicesChanged = () => { void this.plugged(); };

  /** Something was plugged in: it may be what was missing. */
  private async plugged(): Promise<void> {
    await this.list();
    for (const source of ["microphone", "camera"] as const) {
      const state = this.state[source];
      if (state.kind === "trouble" && (state.trouble === "missing" || state.trouble === "busy")) await this.acquire(source);
    }
  }

  private async list(): Promise<void> {
    const turn = this.turn;
    const devices = await listDevices().catch(() => noDevices);
    if (turn === this.turn) this.set({ devices });
  }

  private wish(change: Partial<Wishes>): void {
    const wishes = { ...this.state.wishes, ...change };
    writeWishes(wishes);
    this.set({ wishes });
  }

  private set(change: Partial<CaptureState>): void {
    this.state = { ...this.state, ...change };
    writeKept({ muted: this.state.muted, cameraOff: this.state.camera.kind === "off" });
    for (const watcher of this.watchers) watcher();
  }
}
