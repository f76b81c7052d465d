import { useEffect, useRef } from "react";

/** Picture shows a track without its sound: all sound comes from Ears. */
export function Picture({ track, mirrored = false, label }: { track: MediaStreamTrack; mirrored?: boolean; label: string }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    element.srcObject = new MediaStream([track]);
    void element.play().catch(() => undefined); // autoplay of a muted picture is refused only in power saving
    return () => { element.srcObject = null; };
  }, [track]);
  return <video ref={video} className={mirrored ? "picture picture-mirrored" : "picture"} autoPlay playsInline muted aria-label={label} />;
}

/** initials are at most two letters of a name: "Kari Anne Moen" is KM. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0]?.[0] ?? "";
  const last = words.length > 1 ? words.at(-1)?.[0] ?? "" : "";
  return (first + last).toUpperCase();
}

/** Face stands for somebody without a picture. */
export function Face({ name }: { name: string }) {
  return <span className="face" aria-hidden>{initials(name)}</span>;
}
