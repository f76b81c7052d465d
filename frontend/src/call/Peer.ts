import type { Source } from "./devices";

/** Sent is what a page can send. */
export type Sent = Source | "screen";

/** Offer is what one negotiation asks of the server; the client always offers. */
export type Offer = { number: number; sdp: string; published: readonly { mid: string; source: Sent }[]; iceRestart: boolean };

export type PeerHooks = {
  offer(offer: Offer): void;
  /** A slot has got its track; it is silent until the server puts somebody into it. */
  slot(mid: string, track: MediaStreamTrack): void;
  /** flowing: sound and picture can get through. */
  flowing(flowing: boolean): void;
  /** This connection is beyond repair: close it and open another. */
  broken(): void;
};

/** A disconnection shorter than this mends itself more often than not. */
const disconnectedFor = 4_000;

/** From an offer to a connection, and from a restart to a connection: after that a new one is quicker. */
const connectWithin = 15_000;
const restartWithin = 12_000;

/**
 * Peer is one RTCPeerConnection. It publishes one microphone and one camera line (empty until a track is set), one for the
 * screen once there is one to show, and receives through slots that it grows on demand; one offer is out at a time.
 */
export class Peer {
  private readonly pc: RTCPeerConnection;
  private readonly senders: Record<Source, RTCRtpTransceiver>;
  private screen: RTCRtpTransceiver | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private number = 0;
  private outstanding = false;
  private again: { iceRestart: boolean } | null = null;
  private slots = { audio: 0, video: 0 };
  private closed = false;

  constructor(iceServers: RTCIceServer[], tracks: Record<Sent, MediaStreamTrack | null>, private readonly hooks: PeerHooks) {
    this.pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.senders = {
      microphone: this.pc.addTransceiver("audio", { direction: "sendonly" }),
      camera: this.pc.addTransceiver("video", { direction: "sendonly", sendEncodings: [{ maxBitrate: pictureBits }] }),
    };
    this.setTrack("microphone", tracks.microphone);
    this.setTrack("camera", tracks.camera);
    this.setTrack("screen", tracks.screen);
    prefer(this.senders.microphone, "audio");
    prefer(this.senders.camera, "video");
    this.pc.ontrack = ({ transceiver, track }) => { if (transceiver.mid) this.hooks.slot(transceiver.mid, track); };
    this.pc.onconnectionstatechange = () => { this.stateChanged(); };
  }

  /** grow has at least so many slots and offers them; slots are never taken away. The first call makes the first offer. */
  grow(audio: number, video: number): void {
    if (this.number > 0 && audio <= this.slots.audio && video <= this.slots.video) return;
    for (; this.slots.audio < audio; this.slots.audio += 1) prefer(this.pc.addTransceiver("audio", { direction: "recvonly" }), "audio");
    for (; this.slots.video < video; this.slots.video += 1) prefer(this.pc.addTransceiver("video", { direction: "recvonly" }), "video");
    this.negotiate(false);
  }

  /** restart looks for a new way through the network and keeps everything else. */
  restart(): void {
    if (this.closed) return;
    this.expect(restartWithin);
    this.negotiate(true);
  }

  async answer(number: number, sdp: string): Promise<void> {
    if (this.closed || number !== this.number || !this.outstanding) return; // an answer to an older offer
    try {
      await this.pc.setRemoteDescription({ type: "answer", sdp });
    } catch {
      if (!this.isOver()) this.fail();
      return;
    }
    if (this.isOver()) return;
    this.outstanding = false;
    if (this.pc.connectionState !== "connected") this.expect(connectWithin);
    const next = this.again;
    this.again = null;
    if (next) this.negotiate(next.iceRestart);
  }

  /** repeat sends the outstanding offer once more: the line may have broken before it was answered. */
  repeat(): void {
    if (!this.outstanding) return;
    this.outstanding = false;
    const next = this.again;
    this.again = null;
    // The offer that was lost may have asked for a restart, and asking again costs little.
    this.negotiate(next?.iceRestart ?? this.pc.connectionState !== "connected");
  }

  /** refused: the server has not taken the offer. The connection stands as before, if it ever stood. */
  async refused(number: number): Promise<void> {
    if (this.closed || number !== this.number || !this.outstanding) return;
    this.outstanding = false;
    this.again = null;
    if (!this.pc.currentRemoteDescription) this.fail();
    else await this.pc.setLocalDescription({ type: "rollback" }).catch(() => { this.fail(); });
  }

  /** setTrack needs no new offer, except for the first screen. */
  setTrack(source: Sent, track: MediaStreamTrack | null): void {
    if (this.closed) return;
    const sender = source === "screen" ? this.screen : this.senders[source];
    if (sender) void sender.sender.replaceTrack(track).catch(() => undefined); // closed meanwhile
    else if (track) this.addScreen(track);
  }

  private addScreen(track: MediaStreamTrack): void {
    this.screen = this.pc.addTransceiver(track, { direction: "sendonly", sendEncodings: [{ maxBitrate: screenBits }] });
    prefer(this.screen, "video");
    if (this.number > 0) this.negotiate(false);
  }

  async stats(): Promise<unknown[]> {
    const list: unknown[] = [];
    (await this.pc.getStats()).forEach((entry) => list.push(entry));
    return list;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.pc.ontrack = null;
    this.pc.onconnectionstatechange = null;
    this.pc.close();
  }

  /** A later read of closed: it may have changed while something was awaited. */
  private isOver(): boolean {
    return this.closed;
  }

  private negotiate(iceRestart: boolean): void {
    if (this.outstanding) {
      this.again = { iceRestart: iceRestart || (this.again?.iceRestart ?? false) };
      return;
    }
    this.outstanding = true;
    this.number += 1;
    void this.offer(this.number, iceRestart);
  }

  private async offer(number: number, iceRestart: boolean): Promise<void> {
    try {
      const offer = await this.pc.createOffer({ iceRestart });
      if (this.isOver()) return;
      await this.pc.setLocalDescription(offer);
    } catch {
      if (!this.isOver()) this.fail();
      return;
    }
    if (this.isOver() || number !== this.number) return;
    const lines: Record<Sent, RTCRtpTransceiver | null> = { ...this.senders, screen: this.screen };
    const published = (["microphone", "camera", "screen"] as const).flatMap((source) => {
      const mid = lines[source]?.mid ?? null;
      return mid === null ? [] : [{ mid, source }];
    });
    this.hooks.offer({ number, sdp: this.pc.localDescription?.sdp ?? "", published, iceRestart });
  }

  private stateChanged(): void {
    switch (this.pc.connectionState) {
      case "connected":
        clearTimeout(this.timer);
        this.hooks.flowing(true);
        return;
      case "disconnected":
        this.hooks.flowing(false);
        clearTimeout(this.timer);
        this.timer = setTimeout(() => { this.restart(); }, disconnectedFor);
        return;
      case "failed":
        this.fail();
        return;
      case "new":
      case "connecting":
      case "closed":
        return;
    }
  }

  private expect(within: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (this.pc.connectionState !== "connected") this.fail(); }, within);
  }

  private fail(): void {
    this.hooks.flowing(false);
    this.hooks.broken();
  }
}

/** One encoding of 640x360. */
const pictureBits = 700_000;

/** A page of text at a few frames a second. */
const screenBits = 1_500_000;

const wanted = { audio: ["audio/opus"], video: ["video/vp8", "video/rtx"] } as const;

/** prefer keeps the offer short: every other codec would be a kilobyte on a thin line. */
function prefer(transceiver: RTCRtpTransceiver, kind: "audio" | "video"): void {
  const known = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const names: readonly string[] = wanted[kind];
  const kept = known.filter((codec) => names.includes(codec.mimeType.toLowerCase()));
  if (kept.length > 0 && "setCodecPreferences" in transceiver) transceiver.setCodecPreferences(kept);
}
