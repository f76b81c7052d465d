import { ChevronLeft, ChevronRight } from "lucide-react";
import { memo, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "@tanstack/react-query";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { dayWords } from "../ui/Time";
import type { FindRequest } from "./finder";
import { gridCells, gridDays, type GridDay, type GridPerson, type GridState, type GridView } from "./grid";
import { GridHead } from "./GridHead";
import { GridLegend } from "./GridLegend";
import { whyQuery } from "./queries";
import { isDeputy, type CaseDetail } from "./seats";
import { useLater } from "./useLater";
import { useMedia, wide } from "./useMedia";
import { useSpeech } from "./useSpeech";
import { useSpot } from "./useSpot";
import { verdictSentence } from "./verdict";
import { WhyPanel } from "./WhyPanel";
import { calendarText, seatWord, upperFirst, type Speech } from "./wording";
import "./grid.css";

/** Days beside each other where there is room; the rest is a press away. */
const daysBeside = 5;

/** How long a pointer rests on a start before it is asked why. */
const restMilliseconds = 150;

export type TimeGridProps = { detail: CaseDetail; request: FindRequest; view: GridView; onPick: ((start: string) => void) | null; busy: boolean };

/** TimeGrid is people by time. Every start of it can be looked at, those that work can be chosen. */
export function TimeGrid({ detail, request, view, onPick, busy }: TimeGridProps) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  const step = request.grid_min ?? 15;
  const all = useMemo(() => gridDays(view, step, speech.zone), [view, step, speech.zone]);
  const beside = useMedia(wide) ? daysBeside : 1;
  const [page, setPage] = useState(0);
  const first = Math.min(page, Math.max(0, all.length - 1));
  const days = useMemo(() => all.slice(first, first + beside), [all, first, beside]);
  const shown = useMemo(() => new Set((view.people ?? []).flatMap((p) => (p.spans ?? []).map((s): GridState => s.state))), [view]);
  if (all.length === 0) return <p className="quiet">{t("all.none")}</p>;
  return (
    <div className="stack-s">
      {all.length > beside ? <DaySwitch days={days} at={first} count={all.length} step={beside} onGo={setPage} speech={speech} /> : null}
      <Grid key={`${days[0]?.day ?? ""} ${beside}`} detail={detail} request={request} view={view} days={days} step={step} onPick={onPick} busy={busy} />
      <GridLegend shown={shown} />
    </div>
  );
}

type DaySwitchProps = { days: readonly GridDay[]; at: number; count: number; step: number; onGo: (at: number) => void; speech: Speech };

function DaySwitch({ days, at, count, step, onGo, speech }: DaySwitchProps) {
  const { t } = useTranslation("schedule");
  const common = useTranslation("common").t;
  const name = (day: GridDay | undefined) => dayWords(new Date(day?.columns[0] ?? 0), speech.now, speech.zone, speech.language, common);
  const [from, to] = [name(days[0]), name(days.at(-1))];
  return (
    <div className="grid-days">
      <Button icon aria-label={t("grid.earlier")} isDisabled={at === 0} onPress={() => { onGo(Math.max(0, at - step)); }}><ChevronLeft aria-hidden /></Button>
      <p className="grid-days-name" aria-live="polite">{days.length > 1 ? `${from} – ${to}` : from}</p>
      <Button icon aria-label={t("grid.later")} isDisabled={at + step >= count} onPress={() => { onGo(at + step); }}><ChevronRight aria-hidden /></Button>
    </div>
  );
}

type GridProps = Omit<TimeGridProps, "view"> & { view: GridView; days: readonly GridDay[]; step: number };

function Grid({ detail, request, view, days, step, onPick, busy }: GridProps) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  const announce = useAnnounce();
  const columns = useMemo(() => days.flatMap((d) => d.columns), [days]);
  const starts = useMemo(() => new Map((view.starts ?? []).map((s) => [Date.parse(s), s])), [view.starts]);
  const works = useCallback((column: number) => starts.has(columns[column] ?? 0), [starts, columns]);
  const people = view.people ?? [];
  const choose = (column: number) => {
    const start = starts.get(columns[column] ?? 0);
    if (start && !busy) onPick?.(start);
  };
  const extent = { rows: people.length + 1, days: days.map((d) => d.columns.length), works };
  const { table, spot, looked, keyed, handlers } = useSpot(extent, Math.max(0, columns.findIndex((at) => starts.has(at))), choose);
  const asked = useLater(looked, restMilliseconds);
  const instant = (column: number | null) => (column === null ? null : columns[column] ?? null);
  const at = instant(asked);
  const why = useQuery(whyQuery(detail.id, request, at === null ? null : new Date(at).toISOString()));
  const verdict = why.data;
  useEffect(() => {
    if (verdict && keyed.current) announce(verdictSentence(verdict, speech));
    // Said once for each answer; the clock's turn is no news.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [verdict, announce]);
  return (
    <>
      <p id="grid-hint" className="quiet small">{t(onPick ? "grid.hint" : "grid.hint_look")} <span className="grid-keys">{t(onPick ? "grid.keys" : "grid.keys_look")}</span></p>
      <div className="grid-scroll">
        <table ref={table} className="time-grid" role="grid" aria-label={t("grid.label")} aria-describedby="grid-hint" aria-readonly {...handlers}>
          <GridHead days={days} speech={speech} looked={looked} long={Math.ceil(request.duration_min / step)}>
            <StartRow columns={columns} works={works} days={days} focusColumn={spot.row === 0 ? spot.column : -1} looked={looked} />
          </GridHead>
          <tbody>
            {people.map((person, i) => (
              <PersonRow
                key={person.person.id} row={i + 1} person={person} columns={columns} days={days} step={step} speech={speech}
                focusColumn={spot.row === i + 1 ? spot.column : -1}
              />
            ))}
          </tbody>
        </table>
      </div>
      <WhyPanel
        at={instant(looked)} verdict={verdict && Date.parse(verdict.start) === instant(looked) ? verdict : undefined}
        failed={why.isError} duration={request.duration_min} busy={busy} onPick={onPick && looked !== null && works(looked) ? () => { choose(looked); } : null} speech={speech}
      />
    </>
  );
}

type StartRowProps = { columns: readonly number[]; days: readonly GridDay[]; works: (column: number) => boolean; focusColumn: number; looked: number | null };

const StartRow = memo(function StartRow({ columns, days, works, focusColumn, looked }: StartRowProps) {
  const { t } = useTranslation("schedule");
  const firsts = new Set(days.map((d) => d.columns[0]));
  return (
    <tr className="grid-starts">
      <th scope="row" className="grid-who"><strong>{t("grid.starts")}</strong></th>
      {columns.map((at, i) => {
        const good = works(i);
        return (
          <td
            key={at} role="gridcell" data-spot={`0 ${i}`} tabIndex={focusColumn === i ? 0 : -1} aria-label={t(good ? "grid.works" : "grid.works_not")}
            className={`grid-cell${good ? " grid-start" : ""}${looked === i ? " grid-looked" : ""}${firsts.has(at) ? " grid-first" : ""}`}
          />
        );
      })}
    </tr>
  );
});

/** onHour: a long stretch says again what it is, wherever the grid has been moved to. */
function onHour(at: number | undefined): boolean {
  return at !== undefined && at % 3_600_000 === 0;
}

type PersonRowProps = { row: number; person: GridPerson; columns: readonly number[]; days: readonly GridDay[]; step: number; speech: Speech; focusColumn: number };

const PersonRow = memo(function PersonRow({ row, person, columns, days, step, speech, focusColumn }: PersonRowProps) {
  const { t } = useTranslation("schedule");
  const cells = useMemo(() => gridCells(person, columns, step), [person, columns, step]);
  const firsts = new Set(days.map((d) => d.columns[0]));
  const seats = (person.seats ?? []).map((s) => seatWord(s, speech)).join(", ");
  const deputy = (speech.detail.people[person.person.id]?.roles ?? []).some((r) => isDeputy(r.role));
  const calendar = calendarText(person.calendar, speech);
  return (
    <tr>
      <th scope="row" className="grid-who">
        <span className="grid-name">{person.person.name}</span>
        <span className="quiet small">{upperFirst([deputy ? t("deputy") : "", seats].filter(Boolean).join(", "))} · <span title={calendar.long}>{calendar.short}</span></span>
      </th>
      {cells.map((cell, i) => (
        <td
          key={columns[i]} role="gridcell" data-spot={`${row} ${i}`} tabIndex={focusColumn === i ? 0 : -1}
          aria-label={cell.heldBy ? t("grid.held_by", { name: cell.heldBy }) : t(`grid.state.${cell.state}`)}
          className={`grid-cell grid-${cell.state}${cell.first ? " grid-run" : ""}${firsts.has(columns[i]) ? " grid-first" : ""}`}
        >
          {(cell.first || onHour(columns[i])) && cell.state !== "free" ? <span aria-hidden>{t(`grid.letter.${cell.state}`)}</span> : null}
        </td>
      ))}
    </tr>
  );
}, (a, b) => a.focusColumn === b.focusColumn && a.person === b.person && a.columns === b.columns && a.step === b.step && a.row === b.row && a.speech.language === b.speech.language && a.speech.detail === b.speech.detail);
