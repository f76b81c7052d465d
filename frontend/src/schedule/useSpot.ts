import { useRef, useState, type FocusEvent, type KeyboardEvent, type MouseEvent, type PointerEvent } from "react";
import { movedSpot, type Extent, type Spot } from "./grid";

/** spotUnder reads which cell an event came from. */
function spotUnder(event: { target: EventTarget }): Spot | null {
  const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-spot]");
  const [row = "", column = ""] = cell?.dataset["spot"]?.split(" ") ?? [];
  return cell ? { row: Number(row), column: Number(column) } : null;
}

/**
 * useSpot is where somebody is in a grid: one cell can be reached by Tab, keys lead from it to the others. looked is the
 * column that a pointer or the focus rests on; keyed says that it was the keyboard. choose takes a column.
 */
export function useSpot(extent: Extent, first: number, choose: (column: number) => void) {
  const table = useRef<HTMLTableElement>(null);
  const keyed = useRef(false);
  const [spot, setSpot] = useState<Spot>({ row: 0, column: first });
  const [looked, setLooked] = useState<number | null>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(spot.column);
      return;
    }
    const next = movedSpot(spot, event.key, event.ctrlKey || event.metaKey, extent);
    if (!next) return;
    event.preventDefault();
    keyed.current = true;
    table.current?.querySelector<HTMLElement>(`[data-spot="${next.row} ${next.column}"]`)?.focus();
  };
  const onFocus = (event: FocusEvent) => {
    const here = spotUnder(event);
    if (!here) return;
    setSpot(here);
    setLooked(here.column);
  };
  const onPointerOver = (event: PointerEvent) => {
    const here = event.pointerType === "mouse" ? spotUnder(event) : null;
    if (!here) return;
    keyed.current = false;
    setLooked(here.column);
  };
  const onClick = (event: MouseEvent) => {
    const here = spotUnder(event);
    if (here?.row === 0) choose(here.column);
  };
  return { table, spot, looked, keyed, handlers: { onKeyDown, onFocus, onPointerOver, onClick } };
}
