import type { ClientMessage } from "./messages";

/** What this device says of itself. */
export type Own = { muted: boolean; camera: boolean; screen: boolean };

type StateMessage = Extract<ClientMessage, { t: "state" }>["d"];

/** Belief is what the server believes of this device, so that it is told what differs and nothing twice. */
export class Belief {
  private introduced = { muted: false, camera: false };
  private told: Own = { muted: false, camera: false, screen: false };

  /** introduce notes what hello says. */
  introduce({ muted, camera }: Own): { muted: boolean; camera: boolean } {
    this.introduced = { muted, camera };
    return this.introduced;
  }

  /**
   * welcomed: the server believes the introduction. A camera that came on while the welcome was on its way must be told, or nobody
   * will ever be shown it. A screen is not part of it, and what was said of one may have been lost with the last socket.
   */
  welcomed(resumed: boolean, screen: boolean): void {
    this.told = { ...this.introduced, screen: resumed && this.told.screen && !screen };
  }

  /** screenOver: the server itself has ended the sharing. */
  screenOver(): void {
    this.told.screen = false;
  }

  /** news is what must be said now; null: nothing. */
  news(own: Own): StateMessage | null {
    const { told } = this;
    if (own.muted === told.muted && own.camera === told.camera && own.screen === told.screen) return null;
    this.told = own;
    const { screen, ...rest } = own;
    return screen === told.screen ? rest : own;
  }

  forget(): void {
    this.told = { muted: false, camera: false, screen: false };
  }
}
