import { Headphones, Mic, MicOff, PhoneOff, SlidersHorizontal, Users, Video, VideoOff } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Call } from "./Call";
import { useCall, useCapture } from "./useCall";

type Panels = { people: boolean; togglePeople: () => void; openDevices: () => void };

/** Controls is the bar at the bottom. Each button shows a short word that is part of its whole name. */
export function Controls({ call, panels }: { call: Call; panels: Panels }) {
  const { t } = useTranslation("call");
  const { people } = useCall(call);
  const { muted, camera, wishes } = useCapture(call);
  const on = camera.kind === "live" || camera.kind === "asking";
  const key = (letter: string) => (wishes.shortcuts ? letter : undefined);
  return (
    <nav className="controls" aria-label={t("controls.label")}>
      <Control main pressed={!muted} label={t(muted ? "controls.unmute" : "controls.mute")} word={t("controls.microphone_word")} shortcut={key("M")} onPress={() => { call.setMuted(!muted); }}>
        {muted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
      </Control>
      <Control pressed={on} label={t(on ? "controls.camera_off" : "controls.camera_on")} word={t("controls.camera_word")} shortcut={key("V")} onPress={() => { void call.setCamera(!on); }}>
        {on ? <Video aria-hidden /> : <VideoOff aria-hidden />}
      </Control>
      <Control label={t("controls.sound_only")} word={t("controls.sound_only")} aria-pressed={wishes.soundOnly} pressed={wishes.soundOnly} onPress={() => { void call.setSoundOnly(!wishes.soundOnly); }}>
        <Headphones aria-hidden />
      </Control>
      <Control label={t("controls.people", { count: people.length })} word={t("controls.people_word", { count: people.length })} aria-expanded={panels.people} aria-controls="call-people" onPress={panels.togglePeople}>
        <Users aria-hidden />
      </Control>
      <Control label={t("controls.devices")} word={t("controls.devices")} aria-haspopup="dialog" onPress={panels.openDevices}>
        <SlidersHorizontal aria-hidden />
      </Control>
      <Control leave label={t("controls.leave")} word={t("controls.leave_word")} onPress={() => { call.leave(); }}>
        <PhoneOff aria-hidden />
      </Control>
    </nav>
  );
}

type ControlProps = Omit<ButtonProps, "className" | "style" | "children"> & {
  label: string;
  word: string;
  main?: boolean;
  leave?: boolean;
  /** On, in the eyes of whoever looks for it: filled. */
  pressed?: boolean;
  shortcut?: string;
  children: ReactNode;
};

function Control({ label, word, main, leave, pressed, shortcut, children, ...rest }: ControlProps) {
  const className = ["control", main ? "control-main" : "", leave ? "control-leave" : "", pressed === undefined ? "" : pressed ? "control-on" : "control-off"].filter(Boolean).join(" ");
  return (
    <AriaButton {...rest} className={className} aria-label={label} aria-keyshortcuts={shortcut}>
      {children}
      <span className="control-word" aria-hidden>{word}</span>
    </AriaButton>
  );
}
