import type { Standing } from "./Connection";
import type { KeptDown, KeptUp } from "./kept";
import type { DeviceLine, OwnLine, Slot } from "./messages";
import type { Change } from "./room";
import type { SharingState } from "./Sharing";

/** What the pages see of a call. */

/** Why a call is over for this page, other than by leaving. */
export type EndedBy = "refused" | "removed" | "ended" | "replaced" | "signed_out" | "full" | "old_page" | "failed";

export type Phase =
  | { kind: "check" }
  /** Going straight in: only the microphone is still asked for. */
  | { kind: "starting" }
  | { kind: "connecting" }
  /** Outside: somebody has to open. */
  | { kind: "waiting" }
  | { kind: "inside" }
  | { kind: "left" }
  | { kind: "ended"; by: EndedBy };

/** Party is somebody as the others see them: everyone sees who takes part. */
export type Party = {
  key: string;
  name: string;
  /** A role, or a kind of guest when guest is set. */
  role: string;
  organization: string;
  guest: boolean;
  host: boolean;
};

/** Pause is why a picture is held back: its sender's line is down, your own line is needed for the sound, you wish for sound only. */
export type Pause = NonNullable<Slot["why"]>;

/** Quality of a person's line: a word, and a number from 1, bad, to 5, good; 0 when it is lost. */
export type Quality = Pick<DeviceLine, "word" | "score">;

export type Person = Party & {
  you: boolean;
  muted: boolean;
  /** The line of this person is broken; the seat is kept. */
  away: boolean;
  /** Whose hand was raised first has 1, the next 2; 0: it is not raised. */
  hand: number;
  /** The picture as received; your own for yourself. null: no picture to show. */
  picture: MediaStreamTrack | null;
  paused: Pause | null;
  /** null: not known, as before the first seconds are over. */
  quality: Quality | null;
};

/** LineState is told in words only when it is not good. gone: no signaling. media: no sound or picture gets through. */
export type LineState = "good" | "joining" | "weak" | "gone" | "media";

/** lineOf: up, the server hears us; known, it ever has. */
export function lineOf(up: boolean, known: boolean, inside: boolean, standing: Standing, late: boolean): LineState {
  if (!up) return known ? "gone" : "joining";
  if (!inside) return "good";
  switch (standing) {
    case "joining":
      return "joining";
    case "broken":
      return "media";
    case "flowing":
      return late ? "weak" : "good";
  }
}

/** Happening is said aloud once; turn tells one from the next. */
export type Happening = (Change & { turn: number }) | null;

/** Shared is the screen that somebody else shows. picture null: it does not come here, for example with sound only. */
export type Shared = { key: string; name: string; picture: MediaStreamTrack | null; paused: Pause | null };

/** ShareNote is why your own screen is not shown: somebody else shows theirs, it could not be had, a host has ended it. */
export type ShareNote = "taken" | "failed" | "ended";

/** SoundState: blocked, the browser wants a press first; lost, the machine has taken the sound away and does not give it back. */
export type SoundState = "good" | "blocked" | "lost";

export type CallState = {
  phase: Phase;
  people: readonly Person[];
  /** Who waits outside; only hosts are told. */
  outside: readonly Party[];
  /** While you wait: who inside can open. */
  openers: readonly Party[];
  /** Keys, loudest first. */
  speakers: readonly string[];
  large: string | null;
  line: LineState;
  /** What was done to keep the sound, on the way to you and from you. */
  keptDown: KeptDown;
  keptUp: KeptUp;
  /** Everybody's lines as the server sees them, and this machine's as the browser does; session is this machine's name among them. */
  lines: readonly DeviceLine[];
  own: OwnLine | null;
  session: string;
  shared: Shared | null;
  sharing: SharingState;
  shareNote: ShareNote | null;
  sound: SoundState;
  happening: Happening;
  /** Grows when a host has lowered your hand. */
  lowered: number;
  /** Grows when the server says that the meeting's page is another. */
  changes: number;
};

export const beforeCall: CallState = {
  phase: { kind: "check" }, people: [], outside: [], openers: [], speakers: [], large: null, line: "good",
  keptDown: "", keptUp: "", lines: [], own: null, session: "",
  shared: null, sharing: "off", shareNote: null, sound: "good", happening: null, lowered: 0, changes: 0,
};
