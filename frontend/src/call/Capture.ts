import { diagnose, forbidden, listDevices, noDevices, openBoth, openDevice, setBlur, supported, whyUnsupported, type Devices, type Source, type Trouble } from "./devices";
import { LevelMeter } from "./level";
import { readKept, readWishes, writeKept, writeWishes, type Wishes } from "./memory";

/** SourceState is one of your own devices as the page shows it. */
export type SourceState =
  | { kind: "idle" }
  | { kind: "asking" }
  | { kind: "live"; track: MediaStreamTrack }
  | { kind: "off" } // by your own choice; nothing is recorded
  | { kind: "trouble"; trouble: Trouble };

/** Replaced is a device that was pulled out, and what has taken its place. */
export type Replaced = { what: Source | "speaker"; by: string };

export type CaptureState = {
  microphone: SourceState;
  camera: SourceState;
  devices: Devices;
  wishes: Wishes;
  muted: boolean;
  /** The machine has silenced the microphone, as a phone does while a phone call rings. */
  silenced: boolean;
  replaced: Replaced | null;
};

/**
 * Capture holds your own microphone and camera. It changes nothing on the wire: whoever sends asks for `track` and is
 * told by the watcher when it changes. open may be called again after close.
 */
export class Capture {
  readonly level: LevelMeter;
  private state: CaptureState = {
    microphone: { kind: "idle" }, camera: { kind: readKept().cameraOff ? "off" : "idle" }, devices: noDevices, wishes: readWishes(), muted: readKept().muted, silenced: false, replaced: null,
  };
  private readonly watchers = new Set<() => void>();
  /** Counts openings and closings, so that an answer to an old question is thrown away. */
  private turn = 0;
  /** The same for each device: only the last choice counts. */
  private readonly asked: Record<Source, number> = { microphone: 0, camera: 0 };
  /** The camera is off only because of sound only. */
  private darkened = false;
  private readonly held: Record<Source, MediaStreamTrack | null> = { microphone: null, camera: null };

  /** interrupted is told when the machine takes the audio clock away and gives it back. */
  constructor(interrupted: (interrupted: boolean) => void) {
    this.level = new LevelMeter(interrupted);
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => { this.watchers.delete(watcher); };
  };
  readonly current = (): CaptureState => this.state;

  track(source: Source): MediaStreamTrack | null {
    const state = this.state[source];
    return state.kind === "live" ? state.track : null;
  }

  /** speaker is the loudspeaker that was chosen, while it is there; "" is the browser's default. */
  speaker(): string {
    const { devices, wishes } = this.state;
    const wished = wishes.speaker ?? "";
    return devices.speakers.length === 0 || devices.speakers.some((d) => d.id === wished) ? wished : "";
  }

  /** open asks for the devices, both in one question where it can; without a picture only for the microphone. */
  async open(wantsPicture = true): Promise<void> {
    const turn = (this.turn += 1);
    if (!supported()) {
      const none = { kind: "trouble", trouble: whyUnsupported() } as const;
      this.set({ microphone: none, camera: none });
      return;
    }
    navigator.mediaDevices.addEventListener("devicechange", this.devicesChanged);
    this.darkened = wantsPicture && this.state.wishes.soundOnly && this.state.camera.kind !== "off";
    const picture = wantsPicture && !this.state.wishes.soundOnly && this.state.camera.kind !== "off";
    this.set({ microphone: { kind: "asking" }, camera: picture ? { kind: "asking" } : { kind: "off" } });
    if (picture) await this.openTogether(turn);
    else await this.acquire("microphone");
    await this.list();
  }

  close(): void {
    this.turn += 1;
    if (supported()) navigator.mediaDevices.removeEventListener("devicechange", this.devicesChanged);
    this.level.close();
    this.release("microphone");
    this.release("camera");
    this.set({ microphone: { kind: "idle" }, camera: this.state.camera.kind === "off" ? { kind: "off" } : { kind: "idle" }, silenced: false, replaced: null });
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

  /** setSoundOnly is kept on this machine: the same person on the same line will want it again. The camera goes and comes with it. */
  async setSoundOnly(soundOnly: boolean): Promise<void> {
    const { camera } = this.state;
    if (soundOnly) this.darkened = camera.kind === "live" || camera.kind === "asking";
    this.wish({ soundOnly });
    if (soundOnly || this.darkened) await this.setCamera(!soundOnly);
  }

  async choose(source: Source, id: string): Promise<void> {
    this.wish(source === "microphone" ? { microphone: id } : { camera: id });
    this.forgetReplaced();
    // A camera that is off stays off: nobody is shown by choosing.
    if (this.state[source].kind !== "off") await this.acquire(source);
  }

  chooseSpeaker(id: string): void {
    this.wish({ speaker: id });
    this.forgetReplaced();
  }

  forgetReplaced(): void {
    if (this.state.replaced) this.set({ replaced: null });
  }

  /** setBlur is kept for the next camera that offers it. */
  setBlur(blur: boolean): void {
    this.wish({ blur });
    const track = this.track("camera");
    if (track) void setBlur(track, blur);
  }

  setShortcuts(shortcuts: boolean): void {
    this.wish({ shortcuts });
  }

  /** restart opens anew what the machine has taken away: the microphone, and the camera if it was on. */
  async restart(): Promise<void> {
    const { camera } = this.state;
    this.level.wake();
    await this.acquire("microphone");
    if ((camera.kind === "live" && camera.track.muted) || isTaken(camera)) await this.acquire("camera");
  }

  /** retry asks again for what somebody else used: the phone call may be over. */
  async retry(): Promise<void> {
    for (const source of ["microphone", "camera"] as const) {
      if (isTaken(this.state[source])) await this.acquire(source);
    }
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
    } catch {
      if (turn === this.turn) await this.openApart(turn);
    }
  }

  /** One of the two stands in the way: sound is asked for first, for it is the call. */
  private async openApart(turn: number): Promise<void> {
    for (const source of ["microphone", "camera"] as const) {
      const no = await forbidden(source);
      if (turn !== this.turn) return;
      if (no) this.set({ [source]: { kind: "trouble", trouble: "denied" } });
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
      const trouble = await diagnose(source, error);
      if (!stale()) this.set({ [source]: { kind: "trouble", trouble } });
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
      track.onmute = () => { this.set({ silenced: true }); };
      track.onunmute = () => { this.set({ silenced: false }); };
      this.level.follow(track);
    } else if (this.state.wishes.blur) {
      void setBlur(track, true);
    }
    this.set({ [source]: { kind: "live", track }, ...(source === "microphone" ? { silenced: track.muted } : {}) });
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
    const now = this.track(source);
    if (now && now.label !== track.label) this.set({ replaced: { what: source, by: now.label } });
  }

  private readonly devicesChanged = () => { void this.plugged(); };

  /** Something was plugged in: it may be what was missing. */
  private async plugged(): Promise<void> {
    const speaker = this.speaker();
    await this.list();
    if (speaker === "" && this.speaker() !== "") this.forgetReplaced(); // it is back
    if (speaker !== "" && this.speaker() === "") this.set({ replaced: { what: "speaker", by: this.state.devices.speakers[0]?.label ?? "" } });
    for (const source of ["microphone", "camera"] as const) {
      const state = this.state[source];
      if (state.kind === "trouble" && (state.trouble === "missing" || isTaken(state))) await this.acquire(source);
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

/** isTaken: somebody else uses the device, and will not forever. */
function isTaken(state: SourceState): boolean {
  return state.kind === "trouble" && (state.trouble === "busy" || state.trouble === "failed");
}
