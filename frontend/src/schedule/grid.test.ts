import { describe, expect, it } from "vitest";
import { gridCells, gridDays, gridHours, movedSpot, type GridPerson, type GridState } from "./grid";

const zone = "Europe/Oslo";
const oslo = (day: string, clock: string) => `2026-11-${day}T${clock}:00+01:00`;
const span = (state: Exclude<GridState, "free">, day: string, from: string, to: string, by = "") => ({
  state, start: oslo(day, from), end: oslo(day, to), ...(by ? { held_by: { id: by, name: by } } : {}),
});
const person = (...spans: ReturnType<typeof span>[]): GridPerson => ({ person: { id: "ida", name: "Ida Nilsen" }, seats: ["gp"], calendar: { state: "fresh" }, spans });
const at = (day: string, clock: string) => Date.parse(oslo(day, clock));

describe("gridDays", () => {
  it("shows the hours in which anybody works", () => {
    const days = gridDays({
      from: oslo("27", "00:00"), to: oslo("28", "00:00"), starts: [],
      people: [person(span("outside_hours", "27", "00:00", "08:00"), span("outside_hours", "27", "15:30", "23:59")), person(span("outside_hours", "27", "00:00", "09:00"), span("outside_hours", "27", "14:00", "23:59"))],
    }, 20, zone);
    expect(days.map((d) => d.day)).toEqual(["2026-11-27"]);
    expect(days[0]?.columns[0]).toBe(at("27", "08:00"));
    expect(days[0]?.columns.at(-1)).toBe(at("27", "15:40"));
  });
  it("begins with the hour of the search, in steps from midnight", () => {
    const days = gridDays({ from: oslo("27", "12:45"), to: oslo("27", "14:30"), starts: [], people: [person()] }, 10, zone);
    expect(days[0]?.columns.map((c) => (c - at("27", "12:00")) / 60_000)).toEqual([40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140]);
  });
  it("leaves out days on which nobody works, unless a start would do", () => {
    const off = person(span("outside_hours", "27", "00:00", "23:59"), { ...span("outside_hours", "28", "00:00", "23:59"), start: oslo("27", "23:59") });
    const view = { from: oslo("27", "00:00"), to: oslo("29", "00:00"), people: [off] };
    expect(gridDays({ ...view, starts: [] }, 30, zone)).toEqual([]);
    expect(gridDays({ ...view, starts: [oslo("28", "23:00")] }, 30, zone)).toEqual([{ day: "2026-11-28", columns: [at("28", "23:00"), at("28", "23:30")] }]);
  });
  it("neither time on duty nor time that nobody knows opens a day", () => {
    const view = { from: oslo("27", "00:00"), to: oslo("28", "00:00"), starts: [] };
    for (const state of ["duty", "unknown"] as const) expect(gridDays({ ...view, people: [person(span(state, "27", "00:00", "23:59"))] }, 30, zone), state).toEqual([]);
  });
  it("has an hour less when the clock goes forward", () => {
    const days = gridDays({ from: "2026-03-29T00:00:00+01:00", to: "2026-03-30T00:00:00+02:00", starts: ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"], people: [] }, 30, zone);
    expect(days[0]?.columns.map((c) => new Date(c).toISOString().slice(11, 16))).toEqual(["00:00", "00:30", "01:00", "01:30"]);
  });
});

describe("gridCells", () => {
  const columns = [at("27", "08:00"), at("27", "08:30"), at("27", "09:00"), at("27", "09:30")];
  const seen = (...spans: ReturnType<typeof span>[]) => gridCells(person(...spans), columns, 30).map((c) => c.state);
  it("is free where nothing lies", () => { expect(seen()).toEqual(["free", "free", "free", "free"]); });
  it("takes a column that is touched at all, and not its neighbours", () => {
    expect(seen(span("busy", "27", "08:45", "09:00"))).toEqual(["free", "busy", "free", "free"]);
    expect(seen(span("busy", "27", "08:30", "09:01"))).toEqual(["free", "busy", "busy", "free"]);
  });
  it("lets the later state of the list win, in whichever order they come", () => {
    const [tentative, booked] = [span("tentative", "27", "08:00", "09:30"), span("booked", "27", "08:30", "09:00")];
    expect(seen(tentative, booked)).toEqual(["tentative", "booked", "tentative", "free"]);
    expect(seen(booked, tentative)).toEqual(["tentative", "booked", "tentative", "free"]);
  });
  it("begins a run where the state, the holder or the stretch changes", () => {
    const cells = gridCells(person(span("held", "27", "08:00", "08:30", "Marte"), span("held", "27", "08:30", "09:30", "Jon")), columns, 30);
    expect(cells.map((c) => [c.heldBy, c.first])).toEqual([["Marte", true], ["Jon", true], ["Jon", false], ["", true]]);
    expect(gridCells(person(), [at("27", "08:00"), at("28", "08:00")], 30).map((c) => c.first)).toEqual([true, true]);
  });
});

describe("gridHours", () => {
  it("counts the columns of each hour", () => {
    const columns = [at("27", "12:40"), at("27", "12:50"), at("27", "13:00")];
    expect(gridHours(columns, (c) => new Date(c).toISOString().slice(11, 13)).map((h) => [h.hour, h.count])).toEqual([["11", 2], ["12", 1]]);
  });
});

describe("movedSpot", () => {
  const extent = { rows: 4, days: [3, 5], works: (column: number) => column === 1 || column === 6 };
  const go = (row: number, column: number, key: string, ahead = false) => movedSpot({ row, column }, key, ahead, extent);
  it("walks and stops at the edges", () => {
    expect(go(0, 0, "ArrowLeft")).toEqual({ row: 0, column: 0 });
    expect(go(0, 7, "ArrowRight")).toEqual({ row: 0, column: 7 });
    expect(go(0, 2, "ArrowUp")).toEqual({ row: 0, column: 2 });
    expect(go(3, 2, "ArrowDown")).toEqual({ row: 3, column: 2 });
    expect(go(1, 2, "ArrowRight")).toEqual({ row: 1, column: 3 });
  });
  it("goes to the ends of the day, or of all with Control", () => {
    expect(go(1, 5, "Home")).toEqual({ row: 1, column: 3 });
    expect(go(1, 1, "End")).toEqual({ row: 1, column: 2 });
    expect(go(1, 5, "Home", true)).toEqual({ row: 0, column: 0 });
    expect(go(1, 5, "End", true)).toEqual({ row: 3, column: 7 });
  });
  it("changes the day and keeps the place as far as there is one", () => {
    expect(go(1, 1, "PageDown")).toEqual({ row: 1, column: 4 });
    expect(go(1, 7, "PageUp")).toEqual({ row: 1, column: 2 });
    expect(go(1, 7, "PageDown")).toEqual({ row: 1, column: 7 });
  });
  it("leaps to the next start that works", () => {
    expect(go(0, 2, "ArrowRight", true)).toEqual({ row: 0, column: 6 });
    expect(go(0, 2, "ArrowLeft", true)).toEqual({ row: 0, column: 1 });
    expect(go(0, 6, "ArrowRight", true)).toEqual({ row: 0, column: 6 });
  });
  it("leaves other keys alone", () => { expect(go(0, 0, "x")).toBeNull(); });
});
