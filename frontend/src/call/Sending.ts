import type { Source } from "./devices";
import { encodingsFor, isWeak, screenFor, type Encoding, type Size } from "./encodings";
import type { Uplink } from "./messages";

/** Sent is what a page can send. */
export type Sent = Source | "screen";

/**
 * Sending steers what leaves through one connection's senders: which track, how many encodings, how many bits. A browser takes one
 * change at a time, so what is wanted is kept here and brought about one after the other; the latest wins.
 */
export class Sending {
  private readonly senders: Partial<Record<Sent, RTCRtpSender>> = {};
  private readonly tracks: Record<Sent, MediaStreamTrack | null> = { microphone: null, camera: null, screen: null };
  private wasWeak = false;
  private agreed = false;
  private changing = false;
  private again = false;
  private closed = false;

  constructor(private uplink: Uplink) {}

  /** through says which sender a source leaves by. */
  through(source: Sent, sender: RTCRtpSender): void {
    this.senders[source] = sender;
    this.settle();
  }

  setTrack(source: Sent, track: MediaStreamTrack | null): void {
    this.tracks[source] = track;
    this.settle();
  }

  /**
   * agree is called after each answer, which may have started encodings. Before the first one nothing is known of the line, and the
   * offer should name them all.
   */
  agree(): void {
    this.agreed = true;
    this.settle();
  }

  follow(uplink: Uplink): void {
    this.uplink = uplink;
    this.settle();
  }

  close(): void {
    this.closed = true;
  }

  private settle(): void {
    this.again = true;
    if (!this.changing) void this.run();
  }

  private async run(): Promise<void> {
    this.changing = true;
    while (this.again && !this.closed) {
      this.again = false;
      await this.microphone();
      await this.picture("camera", encodingsFor(sizeOf(this.tracks.camera), this.uplink, this.tracks.screen !== null), "maintain-framerate");
      await this.picture("screen", [screenFor(this.uplink)], "maintain-resolution");
    }
    this.changing = false;
  }

  private async microphone(): Promise<void> {
    const sender = this.senders.microphone;
    if (!sender) return;
    // Once on it stays on: with more bits the browser goes back to short packets by itself, and when it is turned off it does not.
    this.wasWeak ||= isWeak(this.uplink);
    const maxBitrate = Math.max(6_000, this.uplink.audio_kbps * 1_000);
    if (this.agreed) await change(sender, (parameters) => {
      for (const encoding of parameters.encodings) Object.assign(encoding, { maxBitrate, ...(this.wasWeak ? { adaptivePtime: true } : {}) });
    });
    await carry(sender, this.tracks.microphone);
  }

  private async picture(source: "camera" | "screen", wanted: readonly Encoding[], degradationPreference: string): Promise<void> {
    const sender = this.senders[source];
    if (!sender) return;
    if (this.agreed) await change(sender, (parameters) => {
      Object.assign(parameters, { degradationPreference });
      parameters.encodings.forEach((encoding, i) => { Object.assign(encoding, wanted[i]); });
    });
    // Not every browser really stops an encoding; without a track none of them sends anything.
    const off = wanted.every((encoding) => !encoding.active);
    const deaf = this.agreed && off && sender.getParameters().encodings.some((encoding) => encoding.active);
    await carry(sender, deaf ? null : this.tracks[source]);
  }
}

/** null: a browser that says nothing, or no picture. */
function sizeOf(track: MediaStreamTrack | null): Size | null {
  const { width, height } = track?.getSettings() ?? {};
  return width && height ? { width, height } : null;
}

/** change sets a sender's parameters where they are not as wanted: each setting costs an encoder its picture. */
async function change(sender: RTCRtpSender, edit: (parameters: RTCRtpSendParameters) => void): Promise<void> {
  try {
    const parameters = sender.getParameters();
    const before = JSON.stringify(parameters);
    edit(parameters);
    if (JSON.stringify(parameters) !== before) await sender.setParameters(parameters);
  } catch {
    // Refused, or the connection is closed: what was sent goes on.
  }
}

async function carry(sender: RTCRtpSender, track: MediaStreamTrack | null): Promise<void> {
  if (sender.track === track) return;
  await sender.replaceTrack(track).catch(() => undefined); // closed meanwhile
}
