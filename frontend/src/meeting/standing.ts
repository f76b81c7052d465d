import type { Schemas } from "../api/client";

export type Meeting = Schemas["ConferenceView"];
export type Participant = Schemas["ParticipantView"];
export type Reply = Schemas["ReplyBody"]["reply"];

/** How long a personal link still works after the end, in milliseconds. The server decides; this only chooses the words. */
const grace = 10 * 60_000;

/** Standing is what a personal link can do now. */
export type Standing = "cancelled" | "over" | "early" | "open";

/** standingOf: guests must wait for the door to open, staff may meet before. */
export function standingOf(of: Pick<Schemas["InvitationView"], "state" | "end" | "opens_at" | "guest">, now: Date): Standing {
  switch (of.state) {
    case "cancelled":
      return "cancelled";
    case "running":
      return "open";
    case "ended":
      return now.getTime() < Date.parse(of.end) + grace ? "open" : "over";
    case "booked":
      return of.guest && now.getTime() < Date.parse(of.opens_at) ? "early" : "open";
  }
}

/** Answer is a reply as the page shows it; whatever the server calls "no answer" is silence. */
export type Answer = Reply | "silent";

export function answerOf(reply: string): Answer {
  return reply === "accepted" || reply === "declined" || reply === "tentative" ? reply : "silent";
}

const needs = ["required", "optional", "offered", "informed"];

function rank(need: string): number {
  const at = needs.indexOf(need);
  return at < 0 ? needs.length : at;
}

/** byNeed puts those first without whom the meeting cannot be held, and keeps the order of the seats otherwise. */
export function byNeed(people: readonly Participant[]): Participant[] {
  return people.toSorted((a, b) => rank(a.need) - rank(b.need));
}

/** wasAsked: nobody asked those who came by themselves or were added by hand, and a closed seat is no longer asked. */
export function wasAsked(person: Participant): boolean {
  return !person.by_hand && !person.visitor && !person.revoked;
}

/** countAnswers: how many of those who were asked are coming, are not, and have not said. */
export function countAnswers(people: readonly Participant[]): { yes: number; no: number; open: number } {
  const of = (...answers: Answer[]) => people.filter((p) => wasAsked(p) && answers.includes(answerOf(p.reply))).length;
  return { yes: of("accepted"), no: of("declined"), open: of("tentative", "silent") };
}

/** lost lists those who are needed and cannot come. */
export function lost(people: readonly Participant[]): Participant[] {
  return people.filter((p) => p.need === "required" && answerOf(p.reply) === "declined");
}
