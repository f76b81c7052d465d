import { useTranslation } from "react-i18next";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Banner } from "../ui/surfaces";
import type { Call } from "./Call";
import { useCall, useCapture } from "./useCall";

/** KeptNote says what was done to keep the sound, and is not there when nothing was. */
function KeptNote({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { line, keptDown, keptUp } = useCall(call);
  if (line === "gone" || line === "media") return null;
  const both = keptDown === "pictures" && keptUp === "picture";
  const words = both ? [t("kept.both")] : [keptDown, keptUp].flatMap((kept) => (kept === "" ? [] : [t(`kept.${kept}`)]));
  return words.length > 0 ? <Banner quiet>{words.join(" ")}</Banner> : null;
}

/** LineNote says how the line is, in words, and only when it is not good; and what a press can mend. */
export function LineNote({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { line, sound } = useCall(call);
  const { microphone } = useCapture(call);
  const taken = microphone.kind === "trouble" && (microphone.trouble === "busy" || microphone.trouble === "failed");
  return (
    <>
      {line === "good" || line === "joining" ? null : <Banner tone="amber">{t(`line.${line}`)}</Banner>}
      {sound === "blocked" ? <Banner tone="amber" action={<Button onPress={() => { call.playSound(); }}>{t("sound.play")}</Button>}>{t("sound.blocked")}</Banner> : null}
      {sound === "lost" ? <Banner tone="amber" action={<SoundAgain call={call} />}>{t("sound.lost")}</Banner> : null}
      {microphone.kind === "trouble" ? (
        <Banner tone="amber" action={taken ? <SoundAgain call={call} /> : <Button onPress={() => { void call.restoreSound(); }}>{t("sound.retry")}</Button>}>
          {t("verdict.no_sound")} {t(`microphone.${microphone.trouble}`)}
        </Banner>
      ) : null}
      <KeptNote call={call} />
      <ReplacedNote call={call} />
      <CameraNote call={call} />
      <ShareNotes call={call} />
    </>
  );
}

/** SoundAgain is the one tap after a phone call: microphone and playback. */
export function SoundAgain({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  const again = async () => {
    await call.restoreSound();
    if (call.capture.track("microphone")) announce(t("sound.again_said"));
  };
  return <Button variant="primary" wide className="sound-again" onPress={() => { void again(); }}>{t("sound.again")}</Button>;
}

/** ReplacedNote: a headset was pulled out, and what is used now may be heard by the whole room. */
function ReplacedNote({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { t: common } = useTranslation("common");
  const { replaced } = useCapture(call);
  if (!replaced) return null;
  const action = <Button variant="quiet" onPress={() => { call.capture.forgetReplaced(); }}>{common("close")}</Button>;
  return <Banner quiet action={action}>{t(`replaced.${replaced.what}`)} {replaced.by ? t("replaced.by", { device: replaced.by }) : null}</Banner>;
}

/** CameraNote matters less: only whoever wanted a picture and has none is told why. */
function CameraNote({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { camera, wishes } = useCapture(call);
  if (camera.kind !== "trouble" || wishes.soundOnly || camera.trouble === "missing") return null;
  return (
    <Banner quiet action={<><Button onPress={() => { void call.setCamera(true); }}>{t("sound.retry")}</Button><Button variant="quiet" onPress={() => { void call.setCamera(false); }}>{t("controls.camera_off")}</Button></>}>
      {t(`camera.${camera.trouble}`)}
    </Banner>
  );
}

function ShareNotes({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { t: common } = useTranslation("common");
  const { sharing, shareNote } = useCall(call);
  return (
    <>
      {sharing === "on" ? <Banner action={<Button onPress={() => { call.stopSharing(); }}>{t("controls.share_stop")}</Button>}>{t("share.own")}</Banner> : null}
      {shareNote ? <Banner tone="amber" action={<Button variant="quiet" onPress={() => { call.forgetShareNote(); }}>{common("close")}</Button>}>{t(`share.${shareNote}`)}</Banner> : null}
    </>
  );
}
