/** Geometry of the attendance bars: instants to percentages of one shared width. Pure. */

export type Span = { start: Date; end: Date };
export type Bar = { left: number; width: number };
export type Tick = { left: number; at: Date };

const minute = 60_000;

/** The shortest stay still gets a bar that can be seen. */
const leastWidth = 0.6;

/** frame spans the plan and everything that happened, on whole minutes. It is never empty. */
export function frame(plan: Span, spans: readonly Span[]): Span {
  const first = Math.min(plan.start.getTime(), ...spans.map((s) => s.start.getTime()));
  const last = Math.max(plan.end.getTime(), ...spans.map((s) => s.end.getTime()));
  const start = Math.floor(first / minute) * minute;
  return { start: new Date(start), end: new Date(Math.max(Math.ceil(last / minute) * minute, start + minute)) };
}

/** bars places spans in the frame. What lies outside is cut; what is too short to see is widened inwards. */
export function bars(within: Span, spans: readonly Span[]): Bar[] {
  const from = within.start.getTime();
  const length = within.end.getTime() - from;
  return spans.flatMap((span) => {
    const start = Math.max(span.start.getTime(), from);
    const end = Math.min(span.end.getTime(), from + length);
    if (end < start) return [];
    const width = Math.max(((end - start) / length) * 100, leastWidth);
    const left = Math.min(((start - from) / length) * 100, 100 - width);
    return [{ left: round(left), width: round(width) }];
  });
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480].map((m) => m * minute);

/** ticks are at most `most` round times inside the frame; round is counted from the hour in UTC, which every zone of the region shares. */
export function ticks(within: Span, most = 6): Tick[] {
  const from = within.start.getTime();
  const length = within.end.getTime() - from;
  const step = steps.find((s) => length / s <= most) ?? 1440 * minute;
  const list: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= from + length; at += step) {
    list.push({ left: round(((at - from) / length) * 100), at: new Date(at) });
  }
  return list;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
