import type { Change } from "./room";

/** What the pages see of a call. */

/** Why a call is over for this page, other than by leaving. */
export type EndedBy = "refused" | "removed" | "ended" | "replaced" | "signed_out" | "full" | "old_page" | "failed";

export type Phase =
  | { kind: "check" }
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

export type Person = Party & {
  you: boolean;
  muted: boolean;
  /** The line of this person is broken; the seat is kept. */
  away: boolean;
  /** The picture as received; your own for yourself. null: no picture to show. */
  picture: MediaStreamTrack | null;
};

/** LineState is told in words only when it is not good. gone: no signaling. media: no sound or picture gets through. */
export type LineState = "good" | "joining" | "weak" | "gone" | "media";

/** Happening is said aloud once; turn tells one from the next. */
export type Happening = (Change & { turn: number }) | null;

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
  /** The browser wants a press before it plays sound. */
  soundBlocked: boolean;
  happening: Happening;
};

export const beforeCall: CallState = {
  phase: { kind: "check" }, people: [], outside: [], openers: [], speakers: [], large: null, line: "good", soundBlocked: false, happening: null,
};
