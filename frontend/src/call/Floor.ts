import { nextLook, nextStage, type Stage } from "./layout";
import { peopleOf, pictureOf, screenOf, type RoomState } from "./room";
import type { CallState, Person, Shared } from "./state";

/** Own is what this page knows of itself before the server says it. */
export type Own = { key: string; muted: boolean; picture: MediaStreamTrack | null };

export type Seen = Pick<CallState, "people" | "outside" | "openers" | "speakers" | "large" | "shared" | "lines">;

const nobody: Stage = { large: null, since: 0 };

/** Floor works out what the pages see of the room: whose picture has come, and who is large. */
export class Floor {
  private stage = nobody;
  private looking: ReturnType<typeof setTimeout> | undefined;

  /** track is what comes on a line. again is called when the floor must be looked at although nothing has happened. */
  constructor(private readonly track: (mid: string) => MediaStreamTrack | null, private readonly again: () => void) {}

  see(room: RoomState, own: Own): Seen {
    const people = peopleOf(room, own.key, own.muted, (key) => (key === own.key ? own.picture : this.arriving(pictureOf(room, key))));
    this.arrange(people, room.speakers);
    return { people, outside: room.lobby, openers: room.hosts, speakers: room.speakers, large: this.stage.large, shared: this.shared(room, own.key), lines: room.lines };
  }

  clear(): void {
    clearTimeout(this.looking);
    this.stage = nobody;
  }

  private arrange(people: readonly Person[], speakers: readonly string[]): void {
    const now = performance.now();
    const seated = people.map((p) => ({ key: p.key, you: p.you, picture: p.picture !== null }));
    this.stage = nextStage(this.stage, seated, speakers, now);
    clearTimeout(this.looking);
    const wait = nextLook(this.stage, speakers, now);
    if (wait !== null && wait > 0) this.looking = setTimeout(this.again, wait);
  }

  private shared(room: RoomState, you: string): Shared | null {
    const screen = screenOf(room, you);
    if (!screen) return null;
    const name = room.roster?.find((p) => p.key === screen.key)?.name ?? "";
    return { key: screen.key, name, picture: this.arriving(screen.mid), paused: screen.paused };
  }

  /** arriving is the picture on a line, once it moves. */
  private arriving(mid: string | null): MediaStreamTrack | null {
    const track = mid === null ? null : this.track(mid);
    return track && !track.muted ? track : null;
  }
}
