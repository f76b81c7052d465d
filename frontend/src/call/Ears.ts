/**
 * Ears plays what the others say, each through an <audio> element of its own, so that the browser's echo canceller
 * knows it. Elements live outside of React: a picture may come and go without a gap in the sound.
 */
export class Ears {
  private readonly elements = new Map<string, HTMLAudioElement>();
  private speaker = "";

  /** onBlocked: the browser wants a press first. onStopped: the machine has stopped what played, and has gone on again. */
  constructor(private readonly onBlocked: (blocked: boolean) => void, private readonly onStopped: (stopped: boolean) => void) {}

  /** hear plays a track under a name, for example its slot; the same track again changes nothing. */
  hear(name: string, track: MediaStreamTrack): void {
    const old = this.elements.get(name);
    if (old?.srcObject instanceof MediaStream && old.srcObject.getTracks()[0] === track) return;
    this.forget(name);
    const element = document.createElement("audio");
    element.autoplay = true;
    element.hidden = true;
    element.srcObject = new MediaStream([track]);
    element.onpause = () => { this.onStopped(true); };
    element.onplaying = () => { this.settle(); };
    document.body.append(element);
    this.elements.set(name, element);
    this.route(element);
    this.start(element);
  }

  forget(name: string): void {
    const element = this.elements.get(name);
    if (!element) return;
    element.onpause = null; // taking it out pauses it too
    element.onplaying = null;
    element.srcObject = null;
    element.remove();
    this.elements.delete(name);
  }

  /** through sends all sound to a loudspeaker; "" is the browser's default. */
  through(speaker: string): void {
    this.speaker = speaker;
    for (const element of this.elements.values()) this.route(element);
  }

  /** unlock must be called from a press. */
  unlock(): void {
    for (const element of this.elements.values()) this.start(element);
  }

  close(): void {
    for (const name of [...this.elements.keys()]) this.forget(name);
    this.onBlocked(false);
    this.onStopped(false);
  }

  private start(element: HTMLAudioElement): void {
    element.play().then(
      () => { this.settle(); },
      (error: unknown) => { if (error instanceof DOMException && error.name === "NotAllowedError") this.onBlocked(true); },
    );
  }

  private settle(): void {
    if ([...this.elements.values()].some((element) => element.paused)) return;
    this.onBlocked(false);
    this.onStopped(false);
  }

  private route(element: HTMLAudioElement): void {
    // An unplugged loudspeaker is refused: the browser then plays where it thinks best.
    if ("setSinkId" in element && this.speaker) void element.setSinkId(this.speaker).catch(() => undefined);
  }
}
