import { Activity, Ellipsis, Hand, Headphones, ListChecks, Mic, MicOff, MonitorUp, MonitorX, PhoneOff, PictureInPicture2, SlidersHorizontal, Timer, UserPlus, Users, Video, VideoOff, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover, type ButtonProps } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Call } from "./Call";
import { canShareScreen } from "./devices";
import { useCall, useCapture } from "./useCall";

/** Tool is something the room can open, with a name and whether it is open now. */
export type Tool = { id: "people" | "agenda" | "clock" | "guests" | "pip" | "devices" | "lines"; open: boolean; run: () => void };

const icons = { people: Users, agenda: ListChecks, clock: Timer, guests: UserPlus, pip: PictureInPicture2, devices: SlidersHorizontal, lines: Activity } as const;

/**
 * Controls is the bar at the bottom. Each button shows a short word that is part of its whole name. Where there is little
 * room (compact) what is rarely done goes behind one button.
 */
export function Controls({ call, tools, compact, byHand }: { call: Call; tools: readonly Tool[]; compact: boolean; byHand: number }) {
  const { t } = useTranslation("call");
  const { people, sharing } = useCall(call);
  const { muted, camera, wishes } = useCapture(call);
  const on = camera.kind === "live" || camera.kind === "asking";
  const raised = (people.find((p) => p.you)?.hand ?? 0) > 0;
  const key = (letter: string) => (wishes.shortcuts ? letter : undefined);
  const share = useShare(call);
  const inBar = tools.filter((tool) => (compact ? tool.id === "people" : tool.id !== "lines"));
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
      {compact || !canShareScreen() ? null : <Control label={share.label} word={t("controls.share_word")} pressed={sharing === "on"} onPress={share.run}><share.Icon aria-hidden /></Control>}
      <Control pressed={raised} label={t(raised ? "controls.hand_down" : "controls.hand_up")} word={t("controls.hand_word")} shortcut={key("H")} onPress={() => { call.setHand(!raised); }}>
        <Hand aria-hidden />
      </Control>
      {inBar.map((tool) => <ToolControl key={tool.id} tool={tool} count={people.length + byHand} shortcut={tool.id === "people" ? key("P") : undefined} />)}
      {compact ? <MoreTools tools={tools} share={canShareScreen() ? share : null} /> : null}
      <Control leave label={t("controls.leave")} word={t("controls.leave_word")} onPress={() => { call.leave(); }}>
        <PhoneOff aria-hidden />
      </Control>
    </nav>
  );
}

function ToolControl({ tool, count, shortcut }: { tool: Tool; count: number; shortcut?: string }) {
  const { t } = useTranslation("call");
  const Icon = icons[tool.id];
  const label = tool.id === "people" ? t("controls.people", { count }) : t(`controls.${tool.id}`);
  const word = tool.id === "people" ? t("controls.people_word", { count }) : label;
  const opens = tool.id === "devices" ? { "aria-haspopup": "dialog" as const } : tool.id === "pip" ? { "aria-pressed": tool.open } : { "aria-expanded": tool.open };
  return <Control label={label} word={word} {...opens} shortcut={shortcut} onPress={tool.run}><Icon aria-hidden /></Control>;
}

type Item = { id: string; label: string; Icon: LucideIcon; run: () => void };

/** useShare is the way to show a screen, or to stop: in the bar or behind "More". */
function useShare(call: Call): Item {
  const { t } = useTranslation("call");
  const { sharing } = useCall(call);
  if (sharing === "on") return { id: "share", label: t("controls.share_stop"), Icon: MonitorX, run: () => { call.stopSharing(); } };
  return { id: "share", label: t("controls.share"), Icon: MonitorUp, run: () => { void call.share(); } };
}

function MoreTools({ tools, share }: { tools: readonly Tool[]; share: Item | null }) {
  const { t } = useTranslation("call");
  const items: Item[] = tools.flatMap(({ id, run }) => (id === "people" ? [] : [{ id, label: t(`controls.${id}`), Icon: icons[id], run }]));
  if (share) items.push(share);
  return (
    <MenuTrigger>
      <Control label={t("controls.more")} word={t("controls.more")}><Ellipsis aria-hidden /></Control>
      <Popover className="popover" placement="top end">
        <Menu className="listbox" aria-label={t("controls.more")} onAction={(id) => { items.find((item) => item.id === id)?.run(); }}>
          {items.map(({ id, label, Icon }) => <MenuItem key={id} id={id} textValue={label} className="listbox-item more-item"><Icon aria-hidden /><span>{label}</span></MenuItem>)}
        </Menu>
      </Popover>
    </MenuTrigger>
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

/** Control is one button of the bar, also of the small window. */
export function Control({ label, word, main, leave, pressed, shortcut, children, ...rest }: ControlProps) {
  const className = ["control", main ? "control-main" : "", leave ? "control-leave" : "", pressed === undefined ? "" : pressed ? "control-on" : "control-off"].filter(Boolean).join(" ");
  return (
    <AriaButton {...rest} className={className} aria-label={label} aria-keyshortcuts={shortcut}>
      {children}
      <span className="control-word" aria-hidden>{word}</span>
    </AriaButton>
  );
}
