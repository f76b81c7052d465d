import type { Slot, View } from "./messages";
import { heightIn, viewsOf, type Place } from "./views";

/** The server wants it at most twice a second. */
const sayEvery = 500;

type Box = Omit<Place, "height"> & { inSight: boolean; fixed: number | null };

/**
 * Viewing watches which pictures are really looked at and how tall, and tells the server when that changes. Boxes are watched from the
 * moment somebody has a place on the page, not only while a picture comes: else a paused one would never be asked for again.
 */
export class Viewing {
  private readonly boxes = new Map<Element, Box>();
  private slots: readonly Slot[] = [];
  private speakers: readonly string[] = [];
  private soundOnly = false;
  private said = "";
  private saidAt = -sayEvery;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sizes: ResizeObserver | null = null;
  private sights: IntersectionObserver | null = null;

  /** say returns false when nobody has heard it. */
  constructor(private readonly say: (view: View) => boolean) {}

  open(): void {
    document.addEventListener("visibilitychange", this.look);
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.look);
    clearTimeout(this.timer);
    this.slots = [];
    this.said = "";
  }

  /**
   * watch is told of a box with a picture in it, or where one will come. The answer ends it. fixed is its height where it is looked at
   * outside of the page; null: as the page shows it.
   */
  watch(element: Element, place: Omit<Place, "height">, fixed: number | null = null): () => void {
    this.sizes ??= new ResizeObserver(this.look);
    this.sights ??= new IntersectionObserver((changes) => {
      for (const change of changes) {
        const box = this.boxes.get(change.target);
        if (box) box.inSight = change.isIntersecting;
      }
      this.look();
    });
    this.boxes.set(element, { ...place, inSight: true, fixed });
    this.sizes.observe(element);
    // Of a window of its own nothing is scrolled away.
    if (element.ownerDocument === document) this.sights.observe(element);
    this.look();
    return () => {
      this.boxes.delete(element);
      this.sizes?.unobserve(element);
      this.sights?.unobserve(element);
      this.look();
    };
  }

  /** see takes in what comes on the lines now. */
  see(slots: readonly Slot[], speakers: readonly string[], soundOnly: boolean): void {
    if (slots === this.slots && speakers === this.speakers && soundOnly === this.soundOnly) return;
    if (slots !== this.slots) this.said = ""; // somebody else may come on the same line
    this.slots = slots;
    this.speakers = speakers;
    this.soundOnly = soundOnly;
    this.look();
  }

  /** again says it anew: whoever heard it last may have forgotten. */
  again(): void {
    this.said = "";
    this.look();
  }

  private readonly look = () => {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.tell, Math.max(0, this.saidAt + sayEvery - performance.now()));
  };

  private readonly tell = () => {
    if (this.slots.length === 0 && !this.soundOnly) return; // nothing can be sent yet
    const view: View = { lines: this.soundOnly ? [] : viewsOf(this.slots, this.places(), this.speakers), sound_only: this.soundOnly };
    const text = JSON.stringify(view);
    if (text === this.said || !this.say(view)) return;
    this.said = text;
    this.saidAt = performance.now();
  };

  private places(): Place[] {
    return [...this.boxes].map(([element, { inSight, fixed, ...place }]) => {
      if (fixed !== null) return { ...place, height: fixed };
      const seen = inSight && element.ownerDocument.visibilityState === "visible";
      return { ...place, height: seen ? heightIn(element.getBoundingClientRect(), element.ownerDocument.defaultView?.devicePixelRatio ?? 1) : 0 };
    });
  }
}
