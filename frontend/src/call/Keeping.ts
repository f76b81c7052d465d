import { Calm } from "./Calm";
import { keptDown, keptUp, type KeptDown, type KeptUp } from "./kept";
import { pausedForLine, type RoomState } from "./room";
import type { CallState } from "./state";

/** Keeping says what was done to keep the sound, calmly. */
export class Keeping {
  private readonly down: Calm<KeptDown>;
  private readonly up: Calm<KeptUp>;

  constructor(shown: (change: Partial<CallState>) => void) {
    this.down = new Calm<KeptDown>("", (kept) => { shown({ keptDown: kept }); });
    this.up = new Calm<KeptUp>("", (kept) => { shown({ keptUp: kept }); });
  }

  see(room: RoomState, own: { camera: boolean; screen: boolean }): void {
    this.down.set(keptDown(room.downlink, pausedForLine(room), (room.roster?.length ?? 1) - 1));
    this.up.set(keptUp(room.uplink, own.camera, own.screen));
  }

  clear(): void {
    this.down.clear();
    this.up.clear();
  }
}
