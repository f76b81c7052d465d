import type { Schemas } from "../api/client";
import { clock } from "../ui/time";
import type { Attended, AttendedView } from "./attended";
import type { Consult } from "./queries";
import { roleWords, soughtWords, upperFirst, type Speech } from "./wording";

type Meeting = Pick<Schemas["ConferenceView"], "start" | "patient_present" | "consent" | "participants">;
type Line = Schemas["LedgerLine"];

/** Record is what is known of a talk that was not planned. */
export type Record = { meeting: Meeting; attendance: AttendedView; consult: Consult | null };

/** Guests who are never named in the text: it stands in a record that has a patient of its own. */
const unnamed = new Set(["patient", "next_of_kin"]);

/** What the record does not need: which role was sought, which stands above, what pages did, and the call's times, which stand below. */
const untold = new Set(["stage", "seen", "resumed", "stopped", "connected", "ended", "note_read"]);

/** recordText is plain text to paste into the record after a talk: when, who, how long, who was rung, consent. It names no patient. */
export function recordText(record: Record, speech: Speech): string {
  const { consult } = record;
  const parts = [
    [headLine(record, speech), ...(consult ? askedLines(consult, speech) : [])],
    consult ? ledgerLines(consult, speech) : [],
    peopleLines(record, speech),
    consentLines(record.meeting, speech),
    [speech.say("text", "source")],
  ];
  return parts.filter((p) => p.length > 0).map((p) => p.join("\n")).join("\n\n");
}

/** stillTalking: the room of an improvised talk stands for a while, whether or not somebody is in it. */
export function stillTalking(attendance: AttendedView): boolean {
  return attendance.attended.some((p) => p.present);
}

function headLine({ meeting, attendance, consult }: Record, { say, zone, language }: Speech): string {
  const spans = attendance.attended.flatMap((p) => p.intervals);
  const starts = spans.map((s) => s.start.getTime());
  const from = starts.length > 0 ? new Date(Math.min(...starts)) : new Date(consult?.at ?? meeting.start);
  const date = new Intl.DateTimeFormat(language === "en" ? "en-GB" : "nb-NO", { timeZone: zone, day: "numeric", month: "long", year: "numeric" }).format(from);
  const values = { date, from: clock(from, zone) };
  if (starts.length === 0) return say("text", "head_none", values);
  if (stillTalking(attendance)) return say("text", "head_running", values);
  return say("text", "head", { ...values, to: clock(new Date(Math.max(...spans.map((s) => s.end.getTime()))), zone) });
}

function askedLines(consult: Consult, speech: Speech): string[] {
  const { say } = speech;
  const caller = [consult.caller.name, roleWords(consult.caller_role, consult.caller_unit, speech) || consult.caller.org].filter(Boolean).join(", ");
  return [
    say("text", "asked", { who: caller }),
    say("text", "sought", { what: soughtWords(consult, speech) }),
    say("text", "reason", { reason: say("reason", consult.reason), urgency: say("urgency", consult.urgency) }),
  ];
}

function ledgerLines(consult: Consult, speech: Speech): string[] {
  const lines = (consult.ledger ?? []).filter((line) => !untold.has(line.what));
  return lines.length === 0 ? [] : [speech.say("text", "rung"), ...lines.map((line) => `${clockSeconds(line.at, speech)} ${ledgerWords(line, speech)}`)];
}

/** ledgerWords say one thing that happened. Of an override the fact is told, not its words. */
export function ledgerWords(line: Line, { say, word }: Speech): string {
  return say("ledger", line.what, {
    name: line.person?.name ?? "",
    role: line.role ? word("role", line.role) : "",
    why: line.why ? say("outcome", line.why) : "",
  });
}

function clockSeconds(at: string, { zone }: Speech): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

function peopleLines({ meeting, attendance }: Record, speech: Speech): string[] {
  const { say } = speech;
  const participants = meeting.participants ?? [];
  const came = attendance.attended.filter((p) => p.seconds > 0 || p.present);
  const byHand = participants.filter((p) => p.by_hand && !came.some((c) => c.key === p.key));
  if (came.length === 0 && byHand.length === 0) return [say("text", "nobody")];
  const how = (key: string) => participants.find((p) => p.key === key)?.by_hand;
  return [
    say("text", "took_part"),
    ...came.map((p) => `- ${whoWords(p, how(p.key), speech)}: ${lengthWords(p, speech)}`),
    ...byHand.map((p) => `- ${whoWords(p, p.by_hand, speech)}: ${say("text", "no_minutes")}`),
  ];
}

function whoWords(p: Pick<Attended, "name" | "role" | "org" | "guest">, how: "" | "phone" | "room" | undefined, { say, word }: Speech): string {
  const role = p.guest ? word("guest", p.guest) : p.role ? word("role", p.role) : "";
  const named = p.guest && unnamed.has(p.guest) ? [upperFirst(role)] : [p.name, role, p.org];
  return [...named, how ? say("text", how) : ""].filter(Boolean).join(", ");
}

function lengthWords(p: Attended, { say, zone }: Speech): string {
  const length = p.seconds < 60 ? say("text", "under_a_minute") : say("text", "minutes", { count: p.minutes });
  const spans = p.intervals.map((s) => `${clock(s.start, zone)}–${clock(s.end, zone)}`).join(", ");
  return spans ? `${length} (${spans})` : length;
}

function consentLines({ patient_present, consent }: Meeting, { say, zone }: Speech): string[] {
  if (!patient_present && !consent) return [];
  const lines = patient_present ? [say("text", "patient_present")] : [];
  lines.push(consent ? say("text", "consent", { time: clock(new Date(consent.given_at), zone), name: consent.given_by }) : say("text", "no_consent"));
  if (consent?.withdrawn_at) lines.push(say("text", "withdrawn", { time: clock(new Date(consent.withdrawn_at), zone) }));
  return lines;
}
