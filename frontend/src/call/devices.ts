/** What the machine has and what it refuses: microphones, cameras and speakers. */

/**
 * Trouble is why a device cannot be used; each has its own sentence of rescue. denied: the browser has been told no; system: the machine's
 * own settings say no; dismissed: the browser's question was closed without an answer.
 */
export type Trouble = "denied" | "system" | "dismissed" | "missing" | "busy" | "insecure" | "unsupported" | "failed";

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
      return "unsupported"; // no mediaDevices
    default:
      return "failed";
  }
}

/** refusalOf tells who has refused. A browser that says yes itself while the device is refused has been overruled by the machine. */
export function refusalOf(permission: PermissionState | null, message: string): Trouble {
  if (permission === "granted" || /system/i.test(message)) return "system";
  return permission === "prompt" || /dismiss/i.test(message) ? "dismissed" : "denied";
}

/** diagnose names the trouble with one device as exactly as the browser lets us. */
export async function diagnose(source: Source, error: unknown): Promise<Trouble> {
  const trouble = troubleOf(error);
  return trouble === "denied" ? refusalOf(await permissionFor(source), error instanceof Error || error instanceof DOMException ? error.message : "") : trouble;
}

async function permissionFor(source: Source): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: source as PermissionName })).state;
  } catch {
    return null; // not every browser knows these names
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

/** whyUnsupported: browsers give no device to a page that came without https. */
export function whyUnsupported(): Trouble {
  return isSecureContext ? "unsupported" : "insecure";
}

/** isWireless guesses from a label whether a microphone is that of a Bluetooth headset, which then sounds like a telephone in both directions. */
export function isWireless(label: string): boolean {
  return /bluetooth|hands-?free|airpods|\bbuds|\bHFP\b/i.test(label);
}

/** offersBlur: this camera can blur what is behind a person by itself (Media Capture and Streams Extensions section 7); we do not. */
export function offersBlur(track: MediaStreamTrack): boolean {
  const { backgroundBlur } = (track.getCapabilities?.() ?? {}) as { backgroundBlur?: readonly boolean[] };
  return backgroundBlur !== undefined && backgroundBlur.includes(true) && backgroundBlur.includes(false);
}

/** setBlur does nothing where the camera does not offer it. */
export async function setBlur(track: MediaStreamTrack, on: boolean): Promise<void> {
  if (!offersBlur(track)) return;
  await track.applyConstraints({ ...cameraWanted, backgroundBlur: on } as MediaTrackConstraints).catch(() => undefined); // taken away meanwhile
}

/** canChooseSpeaker: Safari on the phone routes sound itself. */
export function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/** 720 lines make three encodings; a weak line is sent only the smallest of them. */
const cameraWanted: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } };
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
  hint(track, "detail");
  return track;
}

/** hint tells the encoder what it is fed with (W3C mst-content-hint), where it can be told. */
function hint(track: MediaStreamTrack | null, what: "speech" | "motion" | "detail"): void {
  if (track && "contentHint" in track) track.contentHint = what;
}

/** openDevice asks for one track. A device that has gone falls back to the browser's default. */
export async function openDevice(source: Source, id: string | null): Promise<MediaStreamTrack> {
  const wanted = source === "microphone" ? microphoneWanted : cameraWanted;
  const ask = async (extra: MediaTrackConstraints) => {
    const constraints = { ...wanted, ...extra };
    const stream = await navigator.mediaDevices.getUserMedia(source === "microphone" ? { audio: constraints } : { video: constraints });
    const track = stream.getTracks()[0];
    if (!track) throw new DOMException("no track", "NotFoundError");
    hint(track, source === "microphone" ? "speech" : "motion");
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
  const [sound, picture] = [stream.getAudioTracks()[0] ?? null, stream.getVideoTracks()[0] ?? null];
  hint(sound, "speech");
  hint(picture, "motion");
  return { microphone: sound, camera: picture };
}

/** forbidden says whether the person has refused for good, so that no second question is put. */
export async function forbidden(source: Source): Promise<boolean> {
  return await permissionFor(source) === "denied";
}
