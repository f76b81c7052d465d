import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Time } from "../ui/Time";
import type { Call } from "./Call";
import { LevelBar } from "./LevelBar";
import { LineNote } from "./LineNote";
import { Face, Picture } from "./Picture";
import { useCall, useCapture, useRoleWords } from "./useCall";

/** Waiting is the page outside: who will open, and that you are neither seen nor heard yet. */
export function Waiting({ call, name, start }: { call: Call; name: string; start: string }) {
  const { t } = useTranslation("call");
  const { openers } = useCall(call);
  const { camera } = useCapture(call);
  const { named } = useRoleWords();
  const first = openers[0];
  return (
    <main className="outside">
      <LineNote call={call} />
      <h1>{t("waiting.title")}</h1>
      <p className="outside-who" role="status">
        {first ? t("waiting.opener", { who: named(first) }) : t("waiting.nobody")}
      </p>
      <p className="quiet">{t("waiting.begins")} <Time at={start} as="day" />. {t("waiting.private")}</p>
      <div className="outside-face">
        {camera.kind === "live" ? <Picture track={camera.track} mirrored label={t("check.own_picture")} /> : <Face name={name} />}
      </div>
      <LevelBar meter={call.capture.level} />
      <Button onPress={() => { call.leave(); }}>{t("waiting.leave")}</Button>
    </main>
  );
}

/** Connecting is the moment between the press and the room. */
export function Connecting({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  return (
    <main className="outside">
      <h1>{t("connecting.title")}</h1>
      <LineNote call={call} />
      <p className="quiet" role="status">{t("connecting.text")}</p>
      <Button onPress={() => { call.leave(); }}>{t("connecting.stop")}</Button>
    </main>
  );
}
