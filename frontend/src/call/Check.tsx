import { VideoOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/fields";
import { FlagMark, type Level } from "../ui/FlagMark";
import { Time } from "../ui/Time";
import type { Call } from "./Call";
import { DeviceChoice } from "./DeviceChoice";
import { LanguageChoice } from "./LanguageChoice";
import { LevelBar, useHeard } from "./LevelBar";
import { Face, Picture } from "./Picture";
import { useCapture } from "./useCall";
import { guessLine, verdict, type LineGuess, type Verdict } from "./verdict";

/** Check is the page before the call: your face, your voice, the loudspeaker, one verdict and one button. */
export function Check({ call, view, name }: { call: Call; view: Schemas["ConferenceView"]; name: string }) {
  const { t } = useTranslation("call");
  const capture = useCapture(call);
  return (
    <main className="check" onPointerDown={() => { call.capture.level.wake(); }}>
      <header className="check-head">
        <LanguageChoice />
        <h1>{t("check.title")}</h1>
        <p className="quiet">{t("check.meeting", { code: view.meeting_code })}{view.improvised ? null : <> · <Time at={view.start} until={view.end} as="day" /></>}</p>
      </header>
      <section className="check-face" aria-label={t("check.you")}>
        <div className="check-picture">
          {capture.camera.kind === "live" ? <Picture track={capture.camera.track} mirrored label={t("check.own_picture")} /> : <><Face name={name} /><NoPicture call={call} /></>}
        </div>
        <LevelBar meter={call.capture.level} />
      </section>
      <section className="check-go">
        <VerdictNote call={call} />
        <Button variant="primary" wide className="check-join" onPress={() => { call.join(); }}>{t("check.join")}</Button>
        <Checkbox isSelected={capture.wishes.soundOnly} onChange={(only) => { void call.setSoundOnly(only); }}>{t("check.sound_only")}</Checkbox>
      </section>
      <section className="check-devices" aria-label={t("check.devices")}>
        <DeviceChoice call={call} />
      </section>
    </main>
  );
}

function NoPicture({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { camera } = useCapture(call);
  switch (camera.kind) {
    case "asking":
      return <p className="check-why">{t("camera.asking")}</p>;
    case "trouble":
      return <p className="check-why"><VideoOff aria-hidden />{t(`camera.${camera.trouble}`)}</p>;
    case "off":
      return <p className="check-why"><VideoOff aria-hidden />{t("camera.off")}</p>;
    case "idle":
    case "live":
      return null;
  }
}

/** VerdictNote is the one sentence about your sound, picture and line. */
export function VerdictNote({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { microphone, camera, wishes } = useCapture(call);
  const heard = useHeard(call.capture.level);
  const line = useLineGuess();
  const say = verdict(microphone, camera, heard, wishes.soundOnly, line);
  return (
    <div className="verdict" role="status">
      <FlagMark level={levelOf(say)} />
      <div>
        <p className="verdict-line">{t(`verdict.${say.kind}`)}</p>
        {say.kind === "no_sound" ? <p className="quiet">{t(`microphone.${say.trouble}`)}</p> : null}
        {say.kind === "slow" ? <p className="quiet">{t("verdict.slow_hint")}</p> : null}
      </div>
    </div>
  );
}

function levelOf(say: Verdict): Level {
  switch (say.kind) {
    case "ready":
    case "sound_only":
    case "no_picture":
      return "ok";
    case "asking":
    case "silent":
      return "grey";
    case "slow":
      return "amber";
    case "no_sound":
    case "offline":
      return "red";
  }
}

/** useLineGuess measures on arrival and again when the browser says that the network has changed. */
function useLineGuess(): LineGuess {
  const [guess, setGuess] = useState<LineGuess>(() => ({ online: true, answerMs: null, megabits: null, saving: false }));
  useEffect(() => {
    let asking = new AbortController();
    const measure = () => {
      asking.abort();
      const mine = asking = new AbortController();
      void guessLine(mine.signal).then((next) => { if (!mine.signal.aborted) setGuess(next); });
    };
    measure();
    addEventListener("online", measure);
    addEventListener("offline", measure);
    return () => {
      asking.abort();
      removeEventListener("online", measure);
      removeEventListener("offline", measure);
    };
  }, []);
  return guess;
}
