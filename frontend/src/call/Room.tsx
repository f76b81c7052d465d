import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Checkbox } from "../ui/fields";
import { Time } from "../ui/Time";
import { AgendaSheet, ClockWords } from "./AgendaSheet";
import type { Call } from "./Call";
import { Controls, type Tool } from "./Controls";
import { DeviceChoice } from "./DeviceChoice";
import { Door } from "./Door";
import { useFloating } from "./Floating";
import { layout } from "./layout";
import { LineNote } from "./LineNote";
import { Lines } from "./Lines";
import { PatientBanner } from "./PatientBanner";
import { People, thereByHand } from "./People";
import { may } from "./queries";
import { Sheet } from "./Sheet";
import { SoundButton } from "./SoundButton";
import { ScreenTile, Tile } from "./Tile";
import { useAgenda, type Agenda } from "./useAgenda";
import { useCall, useCapture } from "./useCall";
import { useAwake, useDarkRoom, useMedia, useSaid, useShortcuts } from "./useRoom";

type View = Schemas["ConferenceView"];

/** Open is the one sheet beside the faces. */
type Open = "people" | "agenda" | "guests" | "lines" | null;

const roomForSheet = "(min-width: 64rem)";

/** Room is the call itself: whoever speaks large, the others in a strip, everyone in the list. */
export function Room({ call, view, guests }: { call: Call; view: View; guests?: ReactNode }) {
  const { t } = useTranslation("call");
  const wide = useMedia(roomForSheet);
  const [open, setOpen] = useState<Open>(() => (wide ? "people" : null));
  const [showDevices, setShowDevices] = useState(false);
  const { people } = useCall(call);
  const agenda = useAgenda(view, people.length > 1);
  const floating = useFloating(call);
  const toggle = (sheet: Open) => { setOpen((was) => (was === sheet ? null : sheet)); };
  const [togglePeople] = useState(() => () => { toggle("people"); });
  useDarkRoom();
  useAwake();
  useSaid(call);
  useShortcuts(call, togglePeople);
  const host = may(view, "admit");
  const close = () => { setOpen(null); };
  return (
    <div className={open ? "room room-with-sheet" : "room"}>
      <header className="room-head">
        <h1>{t("room.title", { code: view.meeting_code })}</h1>
        {view.improvised ? null : <span className="quiet small"><Time at={view.start} until={view.end} as="clock" /></span>}
        <span className="room-clock small"><ClockWords agenda={agenda} start={view.start} /></span>
      </header>
      <section className="room-notes" aria-label={t("room.notes")}>
        <PatientBanner view={view} />
        <LineNote call={call} />
        {agenda.clock.kind === "last" || agenda.clock.kind === "over" ? <Ending agenda={agenda} /> : null}
        <Door call={call} />
      </section>
      <Stage call={call} view={view} host={host} />
      {open === "people" ? <People call={call} view={view} host={host} onLines={() => { setOpen("lines"); }} onClose={close} /> : null}
      {open === "lines" ? <Lines call={call} code={view.meeting_code} onClose={close} /> : null}
      {open === "agenda" ? <AgendaSheet agenda={agenda} view={view} onClose={close} /> : null}
      {open === "guests" ? <Sheet title={t("guests.title")} onClose={close}>{guests}</Sheet> : null}
      <Controls
        call={call} compact={!wide} byHand={thereByHand(view).length}
        tools={[
          { id: "people", open: open === "people", run: togglePeople },
          { id: agenda.planned ? "agenda" : "clock", open: open === "agenda", run: () => { toggle("agenda"); } },
          ...(guests ? [{ id: "guests", open: open === "guests", run: () => { toggle("guests"); } } satisfies Tool] : []),
          ...(floating.available ? [{ id: "pip", open: floating.open, run: floating.toggle } satisfies Tool] : []),
          { id: "lines", open: open === "lines", run: () => { toggle("lines"); } },
          { id: "devices", open: showDevices, run: () => { setShowDevices(true); } },
        ]}
      />
      <Devices call={call} isOpen={showDevices} onClose={() => { setShowDevices(false); }} />
      {floating.content}
    </div>
  );
}

/** Stage is the faces, or the screen that somebody shows, or in a talk by sound alone the loudspeaker. */
function Stage({ call, view, host }: { call: Call; view: View; host: boolean }) {
  const { t } = useTranslation("call");
  const { people, speakers, large, shared } = useCall(call);
  const { wishes } = useCapture(call);
  const places = layout(large, shared !== null, people.map((p) => ({ key: p.key, you: p.you, picture: p.picture !== null })));
  const of = (key: string | null) => people.find((p) => p.key === key);
  const stage = of(places.large);
  const soundAlone = wishes.soundOnly || (view.patient_present && people.every((p) => p.picture === null));
  const alone = people.length === 0 ? "connecting.text" : thereByHand(view).length > 0 ? "room.alone_by_hand" : "room.alone";
  return (
    <main className={soundAlone && !shared ? "room-main room-sound" : "room-main"}>
      {soundAlone ? (
        <div className="room-speaker">
          <SoundButton call={call} />
          {wishes.soundOnly ? <p className="quiet small">{t("sound.only")}</p> : null}
        </div>
      ) : null}
      <div className="room-stage">
        {shared ? <ScreenTile call={call} shared={shared} host={host} /> : stage ? <Tile call={call} person={stage} speaking={speakers.includes(stage.key)} size="large" /> : <p className="room-alone">{t(alone)}</p>}
      </div>
      {/* What scrolls must be reached by keyboard, and nothing in it is. */}
      <ul className="room-strip" aria-label={t("room.strip")} tabIndex={places.strip.length > 1 ? 0 : undefined}>
        {places.strip.map((key) => {
          const person = of(key);
          return person ? <li key={key}><Tile call={call} person={person} speaking={speakers.includes(key)} size="small" /></li> : null;
        })}
      </ul>
    </main>
  );
}

/** Ending is the word when little is left. No alarm: it stands there until the talk is over. */
function Ending({ agenda }: { agenda: Agenda }) {
  const { t } = useTranslation("call");
  return <p className="room-ending small">{agenda.clock.kind === "last" ? t("agenda.last", { minutes: agenda.clock.left }) : t("agenda.over")}</p>;
}

function Devices({ call, isOpen, onClose }: { call: Call; isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation("call");
  const { t: common } = useTranslation("common");
  const { wishes } = useCapture(call);
  return (
    <Dialog title={t("check.devices")} isOpen={isOpen} onClose={onClose} actions={<Button variant="primary" onPress={onClose}>{common("close")}</Button>}>
      <div className="stack">
        <DeviceChoice call={call} />
        <Checkbox isSelected={wishes.shortcuts} onChange={(on) => { call.capture.setShortcuts(on); }}>{t("controls.shortcuts")}</Checkbox>
      </div>
    </Dialog>
  );
}
