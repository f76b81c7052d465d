import { Volume2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Select } from "../ui/fields";
import type { Call } from "./Call";
import { canChooseSpeaker, type Device } from "./devices";
import { useCapture } from "./useCall";

/** DeviceChoice lets a person choose microphone, camera and loudspeaker, and hear that the last one works. */
export function DeviceChoice({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { devices, wishes, microphone, camera } = useCapture(call);
  const inUse = (state: typeof microphone, wished: string | null) =>
    (state.kind === "live" ? state.track.getSettings().deviceId : undefined) ?? wished;
  return (
    <div className="devices">
      <DeviceSelect label={t("device.microphone")} devices={devices.microphones} value={inUse(microphone, wishes.microphone)} onChange={(id) => { void call.capture.choose("microphone", id); }} />
      {microphone.kind === "trouble" ? <p className="small">{t(`microphone.${microphone.trouble}`)}</p> : null}
      {wishes.soundOnly ? null : (
        <DeviceSelect label={t("device.camera")} devices={devices.cameras} value={inUse(camera, wishes.camera)} onChange={(id) => { void call.capture.choose("camera", id); }} />
      )}
      {camera.kind === "trouble" && !wishes.soundOnly ? <p className="small">{t(`camera.${camera.trouble}`)}</p> : null}
      <SpeakerChoice call={call} />
      <SoundTrial call={call} />
    </div>
  );
}

/** SpeakerChoice is nothing where the browser plays where it wants. */
export function SpeakerChoice({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { devices } = useCapture(call);
  if (!canChooseSpeaker()) return null;
  return <DeviceSelect label={t("device.speaker")} devices={devices.speakers} value={call.capture.speaker() || (devices.speakers[0]?.id ?? null)} onChange={(id) => { call.capture.chooseSpeaker(id); }} />;
}

/** SoundTrial plays three tones where the voices will come from. */
export function SoundTrial({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const [sounding, setSounding] = useState(false);
  const test = async () => {
    setSounding(true);
    await call.tones.trial();
    setSounding(false);
  };
  return (
    <div className="row">
      <Button busy={sounding} onPress={() => { void test(); }}><Volume2 aria-hidden />{t("device.test")}</Button>
      <span className="small quiet" role="status">{sounding ? t("device.testing") : null}</span>
    </div>
  );
}

function DeviceSelect({ label, devices, value, onChange }: { label: string; devices: readonly Device[]; value: string | null; onChange: (id: string) => void }) {
  const { t } = useTranslation("call");
  if (devices.length === 0) return null;
  const options = devices.map((d, i) => ({ id: d.id, label: d.label || t("device.unnamed", { label, number: i + 1 }) }));
  const known = options.some((o) => o.id === value) ? value : options[0]?.id ?? null;
  return <Select label={label} options={options} value={known} onChange={onChange} />;
}
