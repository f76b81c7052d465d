import type { Source } from "./devices";
import { rids } from "./encodings";
import type { Uplink } from "./messages";
import { askingAgain, offersRed, pausedAs, soundOrder } from "./redundancy";
import { Sending, type Sent } from "./Sending";

/** Offer is what one negotiation asks of the server; the client always offers. */
export type Offer = { number: number; sdp: string; published: readonly { mid: string; source: Sent }[]; iceRestart: boolean };

/** Setup is what a new connection begins with. relayed: only by way of a relay. */
export type Setup = { servers: RTCIceServer[]; relayed: boolean; tracks: Record<Sent, MediaStreamTrack | null>; uplink: Uplink };

export type PeerHooks = {
  /** The server hears us: an offer gets there, and what does not come to stand now is beyond repair. */
  heard(): boolean;
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
const connectWithin = 12_000;
const restartWithin = 12_000;

/**
 * Peer is one RTCPeerConnection. It publishes one microphone and one camera line (empty until a track is set), one for the
 * screen once there is one to show, and receives through slots that it grows on demand; one offer is out at a time.
 */
export class Peer {
  private readonly pc: RTCPeerConnection;
  private readonly senders: Record<Source, RTCRtpTransceiver>;
  private readonly sending: Sending;
  private screen: RTCRtpTransceiver | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private number = 0;
  /** What must end before the next offer: one that is out, or a change in the order of codecs. */
  private out: "nothing" | "offer" | "order" = "nothing";
  private again: { iceRestart: boolean } | null = null;
  /** The last offer asked for a restart. */
  private restarting = false;
  private slots = { audio: 0, video: 0 };
  private closed = false;
  /** The last answer, as it was taken in. */
  private answered = "";
  /** The sound is to be told twice; and whether the codecs are in that order. */
  private red: boolean;
  private ordering = false;

  constructor(private readonly setup: Setup, private readonly hooks: PeerHooks) {
    this.pc = new RTCPeerConnection(configuration(setup.servers, setup.relayed));
    this.red = setup.uplink.red;
    this.sending = new Sending(setup.uplink);
    this.senders = {
      microphone: this.pc.addTransceiver("audio", { direction: "sendonly" }),
      camera: this.pc.addTransceiver("video", { direction: "sendonly", sendEncodings: rids.map((rid, i) => ({ rid, scaleResolutionDownBy: 2 ** (rids.length - 1 - i) })) }),
    };
    this.sending.through("microphone", this.senders.microphone.sender);
    this.sending.through("camera", this.senders.camera.sender);
    this.setTrack("microphone", setup.tracks.microphone);
    this.setTrack("camera", setup.tracks.camera);
    this.setTrack("screen", setup.tracks.screen);
    prefer(this.senders.microphone, "audio");
    prefer(this.senders.camera, "video");
    this.pc.ontrack = ({ transceiver, track }) => { if (transceiver.mid) this.hooks.slot(transceiver.mid, track); };
    this.pc.onconnectionstatechange = () => { this.stateChanged(); };
  }

  /** grow has at least so many slots and offers them; slots are never taken away. The first call makes the first offer. */
  grow(audio: number, video: number): void {
    if (this.number > 0 && !this.lacks(audio, video)) return;
    this.add(audio, video);
    this.negotiate(false);
  }

  private lacks(audio: number, video: number): boolean {
    return audio > this.slots.audio || video > this.slots.video;
  }

  private add(audio: number, video: number): void {
    for (; this.slots.audio < audio; this.slots.audio += 1) prefer(this.pc.addTransceiver("audio", { direction: "recvonly" }), "audio");
    for (; this.slots.video < video; this.slots.video += 1) prefer(this.pc.addTransceiver("video", { direction: "recvonly" }), "video");
  }

  /** restart looks for a new way through the network and keeps everything else. Without the server it waits for resume. */
  restart(): void {
    if (this.closed || !this.hooks.heard()) return;
    this.expect(restartWithin);
    if (this.out !== "offer" || !this.restarting) this.negotiate(true);
  }

  /**
   * resume follows a break of the line to the server, in one offer where there is anything to say: an offer that was out may be lost, slots
   * may be missing, and the way of sound and picture may be dead.
   */
  resume(audio: number, video: number, dead: boolean): void {
    if (this.closed) return;
    const lost = this.out === "offer";
    const restart = dead || (lost && (this.restarting || this.pc.connectionState !== "connected")) || (this.again?.iceRestart ?? false);
    const more = this.number === 0 || lost || restart || this.lacks(audio, video);
    this.add(audio, video);
    if (!more) return;
    if (lost) {
      this.out = "nothing";
      this.again = null;
    }
    if (restart) this.expect(restartWithin);
    this.negotiate(restart);
  }

  async answer(number: number, sdp: string): Promise<void> {
    if (this.closed || number !== this.number || this.out !== "offer") return; // an answer to an older offer
    try {
      await this.pc.setRemoteDescription({ type: "answer", sdp: this.ordered(sdp) });
    } catch {
      if (!this.isOver()) this.fail();
      return;
    }
    if (this.isOver()) return;
    this.answered = sdp;
    this.sending.agree();
    if (this.pc.connectionState !== "connected") this.expect(connectWithin);
    this.settled();
  }

  /** follow sends what the server says that the line and the others' pages have room for. */
  follow(uplink: Uplink): void {
    if (this.closed) return;
    this.sending.follow(uplink);
    this.red = uplink.red;
    void this.reorder();
  }

  /** relay takes new credentials for the next restart: a way that stands by the old ones lives on. */
  relay(servers: RTCIceServer[]): void {
    if (!this.closed) this.pc.setConfiguration(configuration(servers, this.setup.relayed));
  }

  /** refused: the server has not taken the offer. The connection stands as before, if it ever stood. */
  async refused(number: number): Promise<void> {
    if (this.closed || number !== this.number || this.out !== "offer") return;
    this.out = "nothing";
    this.again = null;
    if (!this.pc.currentRemoteDescription) this.fail();
    else await this.pc.setLocalDescription({ type: "rollback" }).catch(() => { this.fail(); });
  }

  /** setTrack needs no new offer, except for the first screen. */
  setTrack(source: Sent, track: MediaStreamTrack | null): void {
    if (this.closed) return;
    this.sending.setTrack(source, track);
    if (source === "screen" && track && !this.screen) this.addScreen();
  }

  private addScreen(): void {
    this.screen = this.pc.addTransceiver("video", { direction: "sendonly", sendEncodings: [{}] });
    this.sending.through("screen", this.screen.sender);
    prefer(this.screen, "video");
    if (this.number > 0) this.negotiate(false);
  }

  /** transport is what the browser counts of the one transport, without what it counts of every slot. */
  async transport(): Promise<unknown[]> {
    const list: unknown[] = [];
    (await this.senders.microphone.sender.getStats()).forEach((entry) => list.push(entry));
    return list;
  }

  async stats(): Promise<unknown[]> {
    const list: unknown[] = [];
    (await this.pc.getStats()).forEach((entry) => list.push(entry));
    return list;
  }

  close(): void {
    this.closed = true;
    this.sending.close();
    clearTimeout(this.timer);
    this.pc.ontrack = null;
    this.pc.onconnectionstatechange = null;
    this.pc.close();
  }

  /** A later read of closed: it may have changed while something was awaited. */
  private isOver(): boolean {
    return this.closed;
  }

  private settled(): void {
    this.out = "nothing";
    const next = this.again;
    this.again = null;
    if (next) this.negotiate(next.iceRestart);
    else void this.reorder();
  }

  private ordered(sdp: string): string {
    this.ordering = this.red;
    return soundOrder(sdp, this.senders.microphone.mid ?? "", this.red);
  }

  /** reorder takes the last answer in again with the other codec first: the server need not be asked, and a weak line not be burdened. */
  private async reorder(): Promise<void> {
    if (this.out !== "nothing" || this.red === this.ordering || !offersRed(this.answered, this.senders.microphone.mid ?? "")) return;
    this.out = "order";
    try {
      await this.describe(false);
      await this.pc.setRemoteDescription({ type: "answer", sdp: pausedAs(this.ordered(this.answered), this.pc.localDescription?.sdp ?? "") });
      this.sending.agree();
    } catch {
      if (!this.isOver()) await this.pc.setLocalDescription({ type: "rollback" }).catch(() => undefined);
    }
    if (!this.isOver()) this.settled();
  }

  private negotiate(iceRestart: boolean): void {
    if (this.out !== "nothing") {
      this.again = { iceRestart: iceRestart || (this.again?.iceRestart ?? false) };
      return;
    }
    this.out = "offer";
    this.restarting = iceRestart;
    this.number += 1;
    void this.offer(this.number, iceRestart);
  }

  private async offer(number: number, iceRestart: boolean): Promise<void> {
    try {
      await this.describe(iceRestart);
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

  /** describe begins a negotiation. A browser that will have nothing changed in its offer keeps it as it was. */
  private async describe(iceRestart: boolean): Promise<void> {
    const offer = await this.pc.createOffer({ iceRestart });
    const asking = askingAgain(offer.sdp ?? "");
    await this.pc.setLocalDescription({ type: "offer", sdp: asking }).catch(() => this.pc.setLocalDescription(offer));
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
        if (this.hooks.heard()) this.fail();
        else this.hooks.flowing(false); // a restart mends it once the server is back, and spares the handshake
        return;
      case "new":
      case "connecting":
      case "closed":
        return;
    }
  }

  /** Without the server nothing can come to stand: then it is resume that goes on. */
  private expect(within: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (this.pc.connectionState !== "connected" && this.hooks.heard()) this.fail(); }, within);
  }

  private fail(): void {
    this.hooks.flowing(false);
    this.hooks.broken();
  }
}

/** Opus before RED: what is first is what a microphone speaks until the server wants it told twice. */
const wanted = { audio: ["audio/opus", "audio/red"], video: ["video/vp8", "video/rtx"] } as const;

function configuration(iceServers: RTCIceServer[], relayed: boolean): RTCConfiguration {
  return { iceServers, bundlePolicy: "max-bundle", iceTransportPolicy: relayed ? "relay" : "all" };
}

/** prefer keeps the offer short: every other codec would be a kilobyte on a thin line. */
function prefer(transceiver: RTCRtpTransceiver, kind: "audio" | "video"): void {
  const known = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const names: readonly string[] = wanted[kind];
  const kept = names.flatMap((name) => known.filter((codec) => codec.mimeType.toLowerCase() === name));
  if (kept.length > 0 && "setCodecPreferences" in transceiver) transceiver.setCodecPreferences(kept);
}
