import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { brush, moved, paint, painted, strokeBetween, weekdays, type Cell, type Hours, type Stretch } from "./hours";
import { clockOf } from "./weeks";

export type PaintGridProps = { hours: Hours; shown: Stretch; onPaint: (hours: Hours) => void };

/** Drawn is a stroke under the finger: from where it began to where it is, adding or taking away. */
type Drawn = { from: Cell; to: Cell; on: boolean };

/** PaintGrid is a week of half hours, drawn over with a pointer or walked through with the keyboard. Nothing is changed until the pointer is lifted. */
export function PaintGrid({ hours, shown, onPaint }: PaintGridProps) {
  const { t } = useTranslation("calendars");
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [at, setAt] = useState<Cell>({ day: 0, from: Math.max(shown.from, 8 * 60) });
  const grid = useRef<HTMLDivElement>(null);
  const here = moved(at, 0, 0, shown);
  const seen = drawn ? paint(hours, strokeBetween(drawn.from, drawn.to), drawn.on) : hours;
  const whole = (cell: Cell) => painted(hours[cell.day] ?? [], cell.from) === "whole";

  const begin = (event: PointerEvent) => {
    const cell = cellUnder(event);
    if (!cell || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setAt(cell);
    setDrawn({ from: cell, to: cell, on: !whole(cell) });
  };
  const draw = (event: PointerEvent) => {
    const cell = drawn ? cellUnder(event) : null;
    if (cell) setDrawn((before) => (before ? { ...before, to: cell } : null));
  };
  const end = () => {
    if (!drawn) return;
    onPaint(seen);
    setAt(drawn.to);
    setDrawn(null);
  };
  const press = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      const next = moved(here, step[0], step[1], shown);
      if (event.shiftKey) onPaint(paint(hours, strokeBetween(here, next), whole(here)));
      setAt(next);
      grid.current?.querySelector<HTMLElement>(`[data-cell="${next.day} ${next.from}"]`)?.focus();
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      onPaint(paint(hours, strokeBetween(here, here), !whole(here)));
    } else if (event.key === "Escape") setDrawn(null);
  };

  const cells = Array.from({ length: (shown.to - shown.from) / brush }, (_, i) => shown.from + i * brush);
  return (
    <div className="paint">
      <div className="paint-hours" aria-hidden>
        <span className="paint-day" />
        {cells.filter((from) => from % 60 === 0).map((from) => <span key={from} className="paint-hour">{labelled(from, shown) ? clockOf(from).slice(0, 2) : ""}</span>)}
      </div>
      <div
        ref={grid} className="paint-grid" role="grid" tabIndex={-1} aria-label={t("paint.grid")} aria-multiselectable aria-describedby="paint-hint"
        onPointerDown={begin} onPointerMove={draw} onPointerUp={end} onPointerCancel={() => { setDrawn(null); }} onKeyDown={press}
      >
        {weekdays.map((name, day) => (
          <div key={name} role="row" className="paint-row">
            <span role="rowheader" className="paint-day">{t(`day_short.${name}`)}</span>
            {cells.map((from) => {
              const much = painted(seen[day] ?? [], from);
              return (
                <span
                  key={from} role="gridcell" data-cell={`${day} ${from}`} className={classes[much]} aria-selected={much !== "no"}
                  aria-label={`${t(`day.${name}`)} ${clockOf(from)}–${clockOf(from + brush)}`} tabIndex={here.day === day && here.from === from ? 0 : -1}
                  onFocus={() => { if (!drawn) setAt({ day, from }); }}
                />
              );
            })}
          </div>
        ))}
      </div>
      <p className="paint-said small" aria-hidden>{drawn ? said(drawn, (day) => t(`day_short.${weekdays[day] ?? "Mon"}`)) : " "}</p>
    </div>
  );
}

/** steps of the keyboard in days and half hours; far ones end at the edge. */
const steps: Partial<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -48], End: [0, 48], PageUp: [-7, 0], PageDown: [7, 0],
};

function cellUnder(event: PointerEvent): Cell | null {
  const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-cell]");
  const [day = "", from = ""] = cell?.dataset["cell"]?.split(" ") ?? [];
  return cell ? { day: Number(day), from: Number(from) } : null;
}

function labelled(from: number, shown: Stretch): boolean {
  return from % (shown.to - shown.from > 16 * 60 ? 240 : 120) === 0;
}

/** said stands under the grid while a finger hides what it draws. */
function said(drawn: Drawn, name: (day: number) => string): string {
  const { days, from, to } = strokeBetween(drawn.from, drawn.to);
  const [first, last] = [Math.min(...days), Math.max(...days)];
  return `${name(first)}${last > first ? `–${name(last)}` : ""} ${clockOf(from)}–${clockOf(to)}`;
}

const classes = { no: "paint-cell", part: "paint-cell paint-part-cell", whole: "paint-cell paint-whole" };
