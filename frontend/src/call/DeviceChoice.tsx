import { Volume2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Checkbox, Select } from "../ui/fields";
import type { Call } from "./Call";
import { canChooseSpeaker, isWireless, offersBlur, type Device, type Source, type Trouble } from "./devices";
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
      {microphone.kind === "trouble" ? <Rescued call={call} source="microphone" trouble={microphone.trouble} /> : null}
      {microphone.kind === "live" && isWireless(microphone.track.label) ? <p className="small">{t("device.wireless")}</p> : null}
      {wishes.soundOnly ? null : (
        <DeviceSelect label={t("device.camera")} devices={devices.cameras} value={inUse(camera, wishes.camera)} onChange={(id) => { void call.capture.choose("camera", id); }} />
      )}
      {camera.kind === "trouble" && !wishes.soundOnly ? <Rescued call={call} source="camera" trouble={camera.trouble} /> : null}
      {camera.kind === "live" && offersBlur(camera.track) ? <Checkbox isSelected={wishes.blur} onChange={(on) => { call.capture.setBlur(on); }}>{t("device.blur")}</Checkbox> : null}
      <SpeakerChoice call={call} />
      <SoundTrial call={call} />
    </div>
  );
}

/** Rescued says how to get a device going, with the press that tries again where that can help. */
function Rescued({ call, source, trouble }: { call: Call; source: Source; trouble: Trouble }) {
  const { t } = useTranslation("call");
  const again = () => { void (source === "microphone" ? call.restoreSound() : call.setCamera(true)); };
  return (
    <div className="stack-s">
      <p className="small">{t(`${source}.${trouble}`)}</p>
      {trouble === "insecure" || trouble === "unsupported" ? null : <div><Button onPress={again}>{t(source === "microphone" ? "device.again_microphone" : "device.again_camera")}</Button></div>}
    </div>
  );
}

/** SpeakerChoice says so where the browser plays where it wants. */
export function SpeakerChoice({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { devices } = useCapture(call);
  if (!canChooseSpeaker()) return <p className="small quiet">{t("sound.output_phone")}</p>;
  return <DeviceSelect label={t("device.speaker")} devices={devices.speakers} value={call.capture.speaker() || (devices.speakers[0]?.id ?? null)} onChange={(id) => { call.capture.chooseSpeaker(id); }} />;
}

/** SoundTrial plays three tones where the voices will come from, and asks: only the person knows. */
export function SoundTrial({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { t: common } = useTranslation("common");
  const [state, setState] = useState<"before" | "sounding" | "asking" | "heard" | "not_heard">("before");
  const test = async () => {
    setState("sounding");
    await call.hearing.tones.trial();
    setState("asking");
  };
  return (
    <div className="stack-s">
      <div className="row">
        <Button busy={state === "sounding"} onPress={() => { void test(); }}><Volume2 aria-hidden />{t("device.test")}</Button>
        <span className="small quiet" role="status">{state === "sounding" ? t("device.testing") : state === "asking" ? t("device.heard_question") : state === "before" ? null : t(`device.${state}`)}</span>
      </div>
      {state === "asking" ? (
        <div className="row" role="group" aria-label={t("device.heard_question")}>
          <Button onPress={() => { setState("heard"); }}>{common("yes")}</Button>
          <Button onPress={() => { setState("not_heard"); }}>{common("no")}</Button>
        </div>
      ) : null}
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
