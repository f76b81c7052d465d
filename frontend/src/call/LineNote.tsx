import { useTranslation } from "react-i18next";
import { Banner } from "../ui/surfaces";
import type { Call } from "./Call";
import { useCall, useCapture } from "./useCall";
import { Button } from "../ui/Button";

/** LineNote says how the line is, in words, and only when it is not good; and what a press can mend. */
export function LineNote({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { line, soundBlocked } = useCall(call);
  const { stalled, microphone } = useCapture(call);
  return (
    <>
      {line === "good" || line === "joining" ? null : <Banner tone="amber">{t(`line.${line}`)}</Banner>}
      {soundBlocked ? <Banner tone="amber" action={<Button onPress={() => { call.playSound(); }}>{t("sound.play")}</Button>}>{t("sound.blocked")}</Banner> : null}
      {stalled ? <Banner tone="amber" action={<Button onPress={() => { void call.capture.restart(); }}>{t("sound.restart")}</Button>}>{t("sound.stalled")}</Banner> : null}
      {microphone.kind === "trouble" ? (
        <Banner tone="amber" action={<Button onPress={() => { void call.capture.restart(); }}>{t("sound.retry")}</Button>}>{t("verdict.no_sound")} {t(`microphone.${microphone.trouble}`)}</Banner>
      ) : null}
    </>
  );
}
