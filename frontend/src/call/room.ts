import type { RosterPerson, ServerMessage, Slot } from "./messages";
import type { Party } from "./state";

/** RoomState is what the server has last said about the room. Pure. */
export type RoomState = {
  /** null: not told yet. */
  roster: readonly RosterPerson[] | null;
  lobby: readonly Party[];
  hosts: readonly Party[];
  slots: readonly Slot[];
  speakers: readonly string[];
};

export const emptyRoom: RoomState = { roster: null, lobby: [], hosts: [], slots: [], speakers: [] };

/** apply takes a message in; every message holds the whole of what it is about, so the last one wins. */
export function apply(room: RoomState, message: ServerMessage): RoomState {
  switch (message.t) {
    case "roster":
      return { ...room, roster: message.d.people };
    case "lobby":
      return { ...room, lobby: message.d.people };
    case "waiting":
      return { ...room, hosts: message.d.hosts };
    case "slots":
      return { ...room, slots: message.d.slots };
    case "speakers":
      return { ...room, speakers: message.d.keys };
    case "admitted":
      return { ...room, hosts: [] };
    case "welcome":
      return message.d.resumed ? room : emptyRoom;
    case "need":
    case "restart":
    case "rebuild":
    case "answer":
    case "pong":
    case "ok":
    case "error":
      return room;
  }
}

export type Change = { came: readonly Party[]; left: readonly Party[]; outside: readonly Party[] };

/** changeOf says who came, left and now waits outside. What was there at the first look is no news, and neither are you. */
export function changeOf(before: RoomState, after: RoomState, you: string): Change | null {
  const fresh = (list: readonly Party[], than: readonly Party[]) => list.filter((p) => p.key !== you && !than.some((q) => q.key === p.key));
  const known = before.roster !== null && after.roster !== null;
  const change: Change = {
    came: known ? fresh(after.roster ?? [], before.roster ?? []) : [],
    left: known ? fresh(before.roster ?? [], after.roster ?? []) : [],
    outside: fresh(after.lobby, before.lobby),
  };
  return change.came.length + change.left.length + change.outside.length > 0 ? change : null;
}

/** conditionOf sums up a person's devices: muted and away only when all of them are. */
export function conditionOf(person: RosterPerson): { muted: boolean; away: boolean } {
  const connected = person.devices.filter((d) => d.connected);
  const counted = connected.length > 0 ? connected : person.devices;
  return { muted: counted.every((d) => d.muted), away: connected.length === 0 };
}

/** pictureOf finds the line on which somebody's picture comes; null: none comes now. */
export function pictureOf(room: RoomState, key: string): string | null {
  return room.slots.find((s) => s.key === key && s.kind === "video" && s.state === "on")?.mid ?? null;
}
