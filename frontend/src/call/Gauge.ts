import type { OwnLine } from "./messages";
import { readLine, type Counts } from "./ownLine";

const readEvery = 5_000;

/** The path is known soon after the first sound, and whoever remembers it should not wait for the next reading. */
const firstAfter = 1_000;

/** Gauge reads the browser's numbers of this machine's line while sound gets through, the first time at once. */
export class Gauge {
  private counts: Counts | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;

  constructor(private readonly stats: () => Promise<unknown[]>, private readonly measured: (line: OwnLine) => void) {}

  /** run begins or ends the readings. */
  run(flowing: boolean): void {
    if (flowing === (this.timer !== undefined)) return;
    this.turn += 1;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.counts = null;
    if (flowing) this.next(firstAfter);
  }

  private next(wait: number): void {
    this.timer = setTimeout(() => { void this.read(this.turn); }, wait);
  }

  private async read(turn: number): Promise<void> {
    const stats = await this.stats();
    if (turn !== this.turn) return;
    const { line, counts } = readLine(stats, performance.now(), this.counts);
    this.counts = counts;
    this.next(readEvery);
    this.measured(line);
  }
}
