import { VideoOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Button } from "../ui/Button";
import { CopyText } from "../ui/CopyText";
import { Checkbox } from "../ui/fields";
import { FlagMark, type Level } from "../ui/FlagMark";
import { Time } from "../ui/Time";
import type { Call } from "./Call";
import { DeviceChoice } from "./DeviceChoice";
import { LanguageChoice } from "./LanguageChoice";
import { LevelBar, useHeard } from "./LevelBar";
import type { LineTest } from "./lineTest";
import { Face, Picture } from "./Picture";
import { useCapture, useLineCheck } from "./useCall";
import { verdict, type Verdict } from "./verdict";

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
        <LineTrial call={call} />
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

/** VerdictNote is the one sentence about your sound, picture and line, and under it what the trial of the line has shown. */
export function VerdictNote({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { microphone, camera, wishes } = useCapture(call);
  const heard = useHeard(call.capture.level);
  const { guess, test } = useLineCheck(call);
  const say = verdict(microphone, camera, heard, wishes.soundOnly, guess, test);
  return (
    <div className="verdict" role="status">
      <FlagMark level={levelOf(say)} />
      <div>
        <p className="verdict-line">{t(`verdict.${say.kind}`)}</p>
        {say.kind === "no_sound" ? <p className="quiet">{t(`microphone.${say.trouble}`)}</p> : null}
        {say.kind === "slow" ? <p className="quiet">{t("verdict.slow_hint")}</p> : null}
        {say.kind === "blocked" ? <p className="quiet">{t("verdict.blocked_hint")}</p> : null}
        <p className="quiet small">{lineWords(test).map((word) => t(word)).join(" ")}</p>
      </div>
    </div>
  );
}

/** lineWords is nothing while nothing is known; that nothing gets through is the verdict itself. */
function lineWords(test: LineTest) {
  switch (test.kind) {
    case "testing":
      return ["check.line_testing"] as const;
    case "good":
      return test.relayed ? (["check.line_relayed"] as const) : (["check.line_good"] as const);
    case "weak":
      return test.relayed ? (["check.line_weak", "check.line_relayed"] as const) : (["check.line_weak"] as const);
    case "none":
    case "blocked":
      return [];
  }
}

/** LineTrial is what can be done about the line: what IT should open, and another try. */
function LineTrial({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { test } = useLineCheck(call);
  if (test.kind !== "blocked" && test.kind !== "weak") return null;
  const ways = test.kind === "blocked" ? test.ways : [];
  return (
    <div className="stack-s">
      {ways.length > 0 ? (
        <>
          <p className="small">{t("check.line_ways")}</p>
          <ul className="line-ways small">{ways.map((way) => <li key={way}>{way}</li>)}</ul>
        </>
      ) : null}
      <div className="row">
        <Button onPress={() => { call.lineCheck.again(); }}>{t("check.line_again")}</Button>
        {ways.length > 0 ? <CopyText multiline label={t("check.line_ways")} action={t("lines.copy")} text={[t("check.line_ways"), ...ways].join("\n")} /> : null}
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
    case "blocked":
      return "amber";
    case "no_sound":
    case "offline":
      return "red";
  }
}
