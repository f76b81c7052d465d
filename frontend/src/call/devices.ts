/** What the machine has and what it refuses: microphones, cameras and speakers. */

/** Trouble is why a device cannot be used; each has its own sentence of rescue. */
export type Trouble = "denied" | "missing" | "busy" | "unsupported" | "failed";

/** troubleOf reads what getUserMedia has thrown (Media Capture and Streams section 10.4). */
export function troubleOf(error: unknown): Trouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "TypeError":
      return "unsupported"; // no mediaDevices: the page is not served over https
    default:
      return "failed";
  }
}

export type Device = { id: string; label: string };
export type Devices = { microphones: readonly Device[]; cameras: readonly Device[]; speakers: readonly Device[] };

export const noDevices: Devices = { microphones: [], cameras: [], speakers: [] };

/** sortDevices drops what has no id yet (before permission) and the browser's aliases of a device that is listed anyway. */
export function sortDevices(list: readonly Pick<MediaDeviceInfo, "kind" | "deviceId" | "label">[]): Devices {
  const of = (kind: MediaDeviceKind): Device[] => list
    .filter((d) => d.kind === kind && d.deviceId !== "" && d.deviceId !== "communications")
    .map((d) => ({ id: d.deviceId, label: d.label }));
  return { microphones: of("audioinput"), cameras: of("videoinput"), speakers: of("audiooutput") };
}

export async function listDevices(): Promise<Devices> {
  if (!supported()) return noDevices;
  return sortDevices(await navigator.mediaDevices.enumerateDevices());
}

export function supported(): boolean {
  return Boolean((navigator as { mediaDevices?: MediaDevices }).mediaDevices);
}

/** canChooseSpeaker: Safari on the phone routes sound itself. */
export function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/** 360 lines carry a face over a rural line; 640 wide keeps two simulcast layers worth sending. */
const cameraWanted: MediaTrackConstraints = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } };
const microphoneWanted: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: { ideal: 1 } };

export type Source = "microphone" | "camera";

/** canShareScreen: phones cannot. */
export function canShareScreen(): boolean {
  return supported() && "getDisplayMedia" in navigator.mediaDevices;
}

/** A list or a picture stands still and must be sharp: few frames, all lines. The sound of the machine stays here. */
const screenWanted: DisplayMediaStreamOptions = { video: { frameRate: { ideal: 8, max: 15 }, width: { max: 1920 }, height: { max: 1200 } }, audio: false };

/** openScreen must be called from a press: the browser asks which screen or window. */
export async function openScreen(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getDisplayMedia(screenWanted);
  const track = stream.getVideoTracks()[0];
  if (!track) throw new DOMException("no track", "NotFoundError");
  if ("contentHint" in track) track.contentHint = "detail";
  return track;
}

/** openDevice asks for one track. A device that has gone falls back to the browser's default. */
export async function openDevice(source: Source, id: string | null): Promise<MediaStreamTrack> {
  const wanted = source === "microphone" ? microphoneWanted : cameraWanted;
  const ask = async (extra: MediaTrackConstraints) => {
    const constraints = { ...wanted, ...extra };
    const stream = await navigator.mediaDevices.getUserMedia(source === "microphone" ? { audio: constraints } : { video: constraints });
    const track = stream.getTracks()[0];
    if (!track) throw new DOMException("no track", "NotFoundError");
    return track;
  };
  if (!id) return ask({});
  try {
    return await ask({ deviceId: { exact: id } });
  } catch (error) {
    if (troubleOf(error) !== "missing") throw error;
    return ask({});
  }
}

/** openBoth asks for sound and picture with one question to the person. */
export async function openBoth(microphone: string | null, camera: string | null): Promise<{ microphone: MediaStreamTrack | null; camera: MediaStreamTrack | null }> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { ...microphoneWanted, ...(microphone ? { deviceId: { ideal: microphone } } : {}) },
    video: { ...cameraWanted, ...(camera ? { deviceId: { ideal: camera } } : {}) },
  });
  return { microphone: stream.getAudioTracks()[0] ?? null, camera: stream.getVideoTracks()[0] ?? null };
}

/** forbidden says whether the person has refused for good, so that no second question is put. */
export async function forbidden(source: Source): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: source as PermissionName })).state === "denied";
  } catch {
    return false; // Firefox and Safari do not know these names
  }
}
