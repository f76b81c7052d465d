import type { DeviceLine, Downlink, RosterPerson, ServerMessage, Slot, Uplink } from "./messages";
import type { Party, Pause, Person, Quality } from "./state";

/** RoomState is what the server has last said about the room. Pure. */
export type RoomState = {
  /** null: not told yet. */
  roster: readonly RosterPerson[] | null;
  lobby: readonly Party[];
  hosts: readonly Party[];
  slots: readonly Slot[];
  speakers: readonly string[];
  /** What of sound and picture is sent to this device and what it should send; null: not told yet. */
  downlink: Downlink | null;
  uplink: Uplink | null;
  lines: readonly DeviceLine[];
};

export const emptyRoom: RoomState = { roster: null, lobby: [], hosts: [], slots: [], speakers: [], downlink: null, uplink: null, lines: [] };

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
    case "downlink":
      return { ...room, downlink: message.d };
    case "uplink":
      return { ...room, uplink: message.d };
    case "lines":
      return { ...room, lines: message.d.lines };
    case "admitted":
      return { ...room, hosts: [] };
    case "welcome":
      return message.d.resumed ? room : emptyRoom;
    case "need":
    case "restart":
    case "rebuild":
    case "changed":
    case "relay":
    case "answer":
    case "pong":
    case "ok":
    case "error":
      return room;
  }
}

export type Change = { came: readonly Party[]; left: readonly Party[]; outside: readonly Party[]; raised: readonly Party[] };

/** changeOf says who came, left, now waits outside and has raised a hand. What was there at the first look is no news, and neither are you. */
export function changeOf(before: RoomState, after: RoomState, you: string): Change | null {
  const fresh = (list: readonly Party[], than: readonly Party[]) => list.filter((p) => p.key !== you && !than.some((q) => q.key === p.key));
  const known = before.roster !== null && after.roster !== null;
  const was = before.roster ?? [];
  const is = after.roster ?? [];
  const change: Change = {
    came: known ? fresh(is, was) : [],
    left: known ? fresh(was, is) : [],
    outside: fresh(after.lobby, before.lobby),
    raised: known ? fresh(is.filter(up), was.filter(up)) : [],
  };
  return change.came.length + change.left.length + change.outside.length + change.raised.length > 0 ? change : null;
}

function up(person: RosterPerson): boolean {
  return person.hand > 0;
}

/** wasLowered says that your hand was up and no longer is, or that the screen of this device was shown and no longer is. */
export function wasLowered(before: RoomState, after: RoomState, you: string, session: string): { hand: boolean; screen: boolean } {
  const own = (room: RoomState) => room.roster?.find((p) => p.key === you);
  const shows = (room: RoomState) => own(room)?.devices.some((d) => d.session === session && d.screen) ?? false;
  return { hand: (own(before)?.hand ?? 0) > 0 && own(after)?.hand === 0, screen: shows(before) && !shows(after) };
}

/** conditionOf sums up a person's devices: muted and away only when all of them are. */
export function conditionOf(person: RosterPerson): { muted: boolean; away: boolean } {
  const connected = person.devices.filter((d) => d.connected);
  const counted = connected.length > 0 ? connected : person.devices;
  return { muted: counted.every((d) => d.muted), away: connected.length === 0 };
}

/** peopleOf is everybody inside as the page shows them; what you do yourself is known here first. */
export function peopleOf(room: RoomState, you: string, muted: boolean, picture: (key: string) => MediaStreamTrack | null): Person[] {
  return (room.roster ?? []).map((p): Person => {
    const own = p.key === you;
    const condition = own ? { muted, away: false } : conditionOf(p);
    const { key, name, role, organization, guest, host, hand } = p;
    return { key, name, role, organization, guest, host, hand, you: own, ...condition, picture: picture(key), paused: own ? null : pausedOf(room, key), quality: qualityOf(room, key) };
  });
}

/** pictureOf finds the line on which somebody's camera comes; null: none comes now. */
export function pictureOf(room: RoomState, key: string): string | null {
  return camerasOf(room, key).find((s) => s.state === "on")?.mid ?? null;
}

/** pausedOf says why somebody's picture is held back; null: it is not, or there is none. */
export function pausedOf(room: RoomState, key: string): Pause | null {
  const paused = camerasOf(room, key).filter((s) => s.state === "paused");
  return pictureOf(room, key) === null && paused[0] ? paused[0].why ?? "sender" : null;
}

/** pausedForLine counts the pictures and screens that are held back to keep your sound. */
export function pausedForLine(room: RoomState): number {
  return room.slots.filter((s) => s.state === "paused" && s.why === "line").length;
}

function camerasOf(room: RoomState, key: string): readonly Slot[] {
  return room.slots.filter((s) => s.key === key && s.kind === "video" && s.source !== "screen");
}

/** qualityOf is the worst of a person's devices that are still heard of: that one is spoken through, or the others would not notice. */
function qualityOf(room: RoomState, key: string): Quality | null {
  const lines = room.lines.filter((line) => line.key === key);
  const standing = lines.filter((line) => line.word !== "lost");
  const worst = (standing.length > 0 ? standing : lines).toSorted((a, b) => a.score - b.score)[0];
  return worst ? { word: worst.word, score: worst.score } : null;
}

/** screenOf says whose screen is shared and on which line it comes (null: not on one of ours, or held back); you are never told of your own. */
export function screenOf(room: RoomState, you: string): { key: string; mid: string | null; paused: Pause | null } | null {
  const slot = room.slots.find((s) => s.source === "screen" && s.state !== "off");
  if (slot?.key && slot.key !== you) return { key: slot.key, mid: slot.state === "on" ? slot.mid : null, paused: slot.state === "on" ? null : slot.why ?? "sender" };
  const person = room.roster?.find((p) => p.key !== you && p.devices.some((d) => d.screen && d.connected));
  return person ? { key: person.key, mid: null, paused: null } : null;
}
