import { useClock } from "../ui/clock";
import { clock } from "../ui/time";
import { bars, ticks, type Span } from "./timeline";

/** TimeScale is the row of times above the bars. The bars are told in words beside them, so it is hidden from screen readers. */
export function TimeScale({ within }: { within: Span }) {
  const { zone } = useClock();
  return (
    <svg className="timeline-scale" aria-hidden focusable="false">
      {ticks(within).map((tick) => (
        <g key={tick.left}>
          <line className="timeline-tick" x1={`${tick.left}%`} x2={`${tick.left}%`} y1="72%" y2="100%" />
          <text x={`${tick.left}%`} y="60%" textAnchor={tick.left < 4 ? "start" : tick.left > 96 ? "end" : "middle"}>{clock(tick.at, zone)}</text>
        </g>
      ))}
    </svg>
  );
}

/** TimelineBar draws one person's stays; the time in which all required seats were filled lies behind them. */
export function TimelineBar({ within, spans, together }: { within: Span; spans: readonly Span[]; together: readonly Span[] }) {
  return (
    <svg className="timeline-bar" aria-hidden focusable="false">
      <rect className="timeline-ground" x="0" y="0" width="100%" height="100%" />
      {bars(within, together).map((bar) => <rect key={`t${bar.left}`} className="timeline-together" x={`${bar.left}%`} width={`${bar.width}%`} y="0" height="100%" />)}
      {ticks(within).map((tick) => <line key={tick.left} className="timeline-tick" x1={`${tick.left}%`} x2={`${tick.left}%`} y1="0" y2="100%" />)}
      {bars(within, spans).map((bar) => <rect key={`s${bar.left}`} className="timeline-stay" x={`${bar.left}%`} width={`${bar.width}%`} y="25%" height="50%" rx="3" />)}
    </svg>
  );
}
