import { Mic, MicOff, PhoneOff } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Call } from "./Call";
import { Control } from "./Controls";
import { openPip, pipKind } from "./pip";
import { ScreenTile, Tile } from "./Tile";
import { useCall, useCapture } from "./useCall";

/** FloatingWindow is the talk above all other windows. available: this browser has one; content belongs anywhere into the page. */
export type FloatingWindow = { available: boolean; open: boolean; toggle: () => void; content: ReactNode };

/** A lifted picture is small, and its true size is not told. */
const liftedHeight = 360;

/** useFloating opens and closes it; leaving the room closes it too. */
export function useFloating(call: Call): FloatingWindow {
  const [kind] = useState(pipKind);
  const [own, setOwn] = useState<Window | null>(null);
  const [picture, setPicture] = useState(false);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  useEffect(() => {
    if (!own) return undefined;
    const gone = () => { setOwn(null); };
    own.addEventListener("pagehide", gone);
    return () => {
      own.removeEventListener("pagehide", gone);
      own.close();
    };
  }, [own]);
  const toggleVideo = async () => {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await video?.requestPictureInPicture();
  };
  const toggle = () => {
    if (own) setOwn(null);
    else if (kind === "document") void openPip().then(setOwn, () => undefined); // refused without a press
    else void toggleVideo().catch(() => undefined); // nobody's picture has come yet
  };
  const content = kind === "video" ? <SpeakerVideo call={call} open={picture} onElement={setVideo} onOpen={setPicture} /> : own ? createPortal(<SmallRoom call={call} />, own.document.body) : null;
  return { available: kind !== null, open: own !== null || picture, toggle, content };
}

/** SmallRoom is what fits: whoever speaks or what is shown, the microphone, the way out. */
function SmallRoom({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { people, large, shared, speakers } = useCall(call);
  const { muted } = useCapture(call);
  const stage = people.find((p) => p.key === large);
  return (
    <div className="small-room">
      {shared?.picture ? <ScreenTile call={call} shared={shared} host={false} /> : stage ? <Tile call={call} person={stage} speaking={speakers.includes(stage.key)} size="large" /> : <p className="room-alone">{t("room.alone")}</p>}
      <div className="small-controls">
        <Control pressed={!muted} label={t(muted ? "controls.unmute" : "controls.mute")} word={t("controls.microphone_word")} onPress={() => { call.setMuted(!muted); }}>
          {muted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
        </Control>
        <Control leave label={t("controls.leave")} word={t("controls.leave_word")} onPress={() => { call.leave(); }}><PhoneOff aria-hidden /></Control>
      </div>
    </div>
  );
}

/** SpeakerVideo is the picture that browsers without windows of our own can lift out: unseen here, always the speaker's. */
function SpeakerVideo({ call, open, onElement, onOpen }: { call: Call; open: boolean; onElement: (element: HTMLVideoElement | null) => void; onOpen: (open: boolean) => void }) {
  const { people, large, shared } = useCall(call);
  const video = useRef<HTMLVideoElement>(null);
  const track = shared?.picture ?? people.find((p) => p.key === large)?.picture ?? null;
  useEffect(() => {
    const element = video.current;
    if (!element || !track) return undefined;
    element.srcObject = new MediaStream([track]);
    void element.play().catch(() => undefined);
    return () => { element.srcObject = null; };
  }, [track]);
  const key = shared?.key ?? large;
  const source = shared ? "screen" : "camera";
  useEffect(() => {
    const element = video.current;
    // The page may be hidden, and the picture is looked at all the same.
    return open && element && key ? call.viewing.watch(element, { key, source, large: true }, liftedHeight) : undefined;
  }, [call, open, key, source]);
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    const entered = () => { onOpen(true); };
    const left = () => { onOpen(false); };
    onElement(element);
    element.addEventListener("enterpictureinpicture", entered);
    element.addEventListener("leavepictureinpicture", left);
    return () => {
      element.removeEventListener("enterpictureinpicture", entered);
      element.removeEventListener("leavepictureinpicture", left);
      onElement(null);
      if (document.pictureInPictureElement === element) void document.exitPictureInPicture().catch(() => undefined);
    };
  }, [onElement, onOpen]);
  return <video ref={video} className="speaker-video" aria-hidden tabIndex={-1} playsInline muted />;
}
