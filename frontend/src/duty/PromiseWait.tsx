import { useTranslation } from "react-i18next";
import { clock } from "../ui/time";
import { leftUntil } from "./calling";
import { useServerNow } from "./useServerNow";
import { useSpeech } from "./useSpeech";

/** PromiseWait counts down to a promised call-back. */
export function PromiseWait({ by, at }: { by: string; at: Date }) {
  const { t } = useTranslation("talk");
  const { zone } = useSpeech();
  const left = leftUntil(at, useServerNow(true));
  return (
    <div className="stack-s">
      <p className="promise-at">{t("promise.at", { time: clock(at, zone) })}</p>
      <p className="promise-left" role="timer">{left.due ? t("promise.due", { name: by }) : t("promise.left", { minutes: left.minutes, seconds: left.seconds })}</p>
    </div>
  );
}
