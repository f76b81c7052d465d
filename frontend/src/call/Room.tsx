import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Checkbox } from "../ui/fields";
import { Time } from "../ui/Time";
import type { Call } from "./Call";
import { Controls } from "./Controls";
import { DeviceChoice } from "./DeviceChoice";
import { Door } from "./Door";
import { layout } from "./layout";
import { LineNote } from "./LineNote";
import { People } from "./People";
import { Tile } from "./Tile";
import { useCall, useCapture } from "./useCall";
import { useAwake, useDarkRoom, useSaid, useShortcuts } from "./useRoom";

const roomForPeople = "(min-width: 64rem)";

/** Room is the call itself: whoever speaks large, the others in a strip, everyone in the list. */
export function Room({ call, view }: { call: Call; view: Schemas["ConferenceView"] }) {
  const { t } = useTranslation("call");
  useDarkRoom();
  useAwake();
  useSaid(call);
  useShortcuts(call);
  const [showPeople, setShowPeople] = useState(() => matchMedia(roomForPeople).matches);
  const [showDevices, setShowDevices] = useState(false);
  const { people, speakers, large } = useCall(call);
  const seated = people.map((p) => ({ key: p.key, you: p.you, picture: p.picture !== null }));
  const places = layout({ large, since: 0 }, seated);
  const of = (key: string | null) => people.find((p) => p.key === key);
  const stage = of(places.large);
  return (
    <div className={showPeople ? "room room-with-people" : "room"}>
      <header className="room-head">
        <h1>{t("room.title", { code: view.meeting_code })}</h1>
        <span className="quiet small"><Time at={view.start} until={view.end} as="clock" /></span>
      </header>
      <div className="room-notes">
        <LineNote call={call} />
        <Door call={call} />
      </div>
      <main className="room-main">
        <div className="room-stage">
          {stage ? <Tile person={stage} speaking={speakers.includes(stage.key)} size="large" /> : <p className="room-alone">{t(people.length > 0 ? "room.alone" : "connecting.text")}</p>}
        </div>
        <ul className="room-strip" aria-label={t("room.strip")}>
          {places.strip.map((key) => {
            const person = of(key);
            return person ? <li key={key}><Tile person={person} speaking={speakers.includes(key)} size="small" /></li> : null;
          })}
        </ul>
      </main>
      {showPeople ? <People people={people} speakers={speakers} /> : null}
      <Controls call={call} panels={{ people: showPeople, togglePeople: () => { setShowPeople(!showPeople); }, openDevices: () => { setShowDevices(true); } }} />
      <Devices call={call} isOpen={showDevices} onClose={() => { setShowDevices(false); }} />
    </div>
  );
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
