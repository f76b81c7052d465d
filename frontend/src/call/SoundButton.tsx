import { Volume2 } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import type { Call } from "./Call";
import { SpeakerChoice, SoundTrial } from "./DeviceChoice";
import { SoundAgain } from "./LineNote";
import { useCall, useCapture } from "./useCall";

/** SoundButton is where the voices come out. In a talk by sound alone it is the largest thing on a phone. */
export function SoundButton({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { t: common } = useTranslation("common");
  const { sound } = useCall(call);
  const { devices } = useCapture(call);
  const [open, setOpen] = useState(false);
  if (sound === "lost") return <div className="sound-button-place"><SoundAgain call={call} /></div>;
  const name = devices.speakers.find((d) => d.id === call.capture.speaker())?.label || t("sound.output_default");
  return (
    <div className="sound-button-place">
      <AriaButton className="sound-button" aria-haspopup="dialog" onPress={() => { if (sound === "blocked") call.playSound(); else setOpen(true); }}>
        <Volume2 aria-hidden />
        <span className="sound-button-word">{t(sound === "blocked" ? "sound.play" : "sound.output")}</span>
        <span className="quiet">{name}</span>
      </AriaButton>
      <Dialog title={t("sound.output")} isOpen={open} onClose={() => { setOpen(false); }} actions={<Button variant="primary" onPress={() => { setOpen(false); }}>{common("close")}</Button>}>
        <div className="devices">
          <SpeakerChoice call={call} />
          <p>{t("sound.output_hint")}</p>
          <SoundTrial call={call} />
        </div>
      </Dialog>
    </div>
  );
}
