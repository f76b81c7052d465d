import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/words";
import { Badge, type Tone } from "../ui/FlagMark";
import { More } from "../ui/More";
import { Card } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { answerOf, byNeed, countAnswers, wasAsked, type Answer, type Meeting, type Participant } from "./standing";

const tones: Record<Answer, Tone> = { accepted: "ok", tentative: "amber", declined: "red", silent: "grey" };

/** Participants lists who was asked, in which seat, what they said and whether the invitation reached them. */
export function Participants({ meeting, onSwap }: { meeting: Meeting; /** Puts somebody else into a seat; null: this person may not. */ onSwap: ((out: Participant) => void) | null }) {
  const { t } = useTranslation("call");
  const people = meeting.participants ?? [];
  // Whether a mail arrived is the business of those who can do something about it, not of patients and kin.
  const handles = meeting.may?.includes("invite_guests") ?? false;
  const counts = countAnswers(people);
  return (
    <Card labelledBy="participants">
      <div className="row-apart">
        <h2 id="participants">{t("meeting.participants")}</h2>
        <p className="quiet small">{t("meeting.counts", counts)}</p>
      </div>
      <ul className="participants">
        {byNeed(people).map((p) => <Row key={p.key} person={p} mails={handles} onSwap={onSwap && !p.guest && wasAsked(p) ? () => { onSwap(p); } : null} />)}
      </ul>
    </Card>
  );
}

function Row({ person, mails, onSwap }: { person: Participant; mails: boolean; onSwap: (() => void) | null }) {
  const { t } = useTranslation("call");
  const word = useWords("common");
  const own = useWords("call");
  const answer = answerOf(person.reply);
  const asked = wasAsked(person);
  const role = person.guest ? word("guest", person.guest) : person.role ? word("role", person.role) : "";
  return (
    <li className="participant">
      <div className="participant-who">
        <p><strong>{person.you ? t("room.you", { name: person.name }) : person.name}</strong> {asked ? <span className="quiet small">{own("meeting.need", person.need)}</span> : null}</p>
        <p className="quiet">{[role, person.org, person.by_hand ? t(person.by_hand === "room" ? "room.in_room" : "room.by_phone") : ""].filter(Boolean).join(" · ")}</p>
        {mails && person.mail && asked ? <MailLine mail={person.mail} /> : null}
      </div>
      <div className="participant-reply">
        {person.revoked ? <Badge tone="grey">{t("guests.closed")}</Badge> : asked ? <Badge tone={tones[answer]} mark>{t(`meeting.said.${answer}`)}</Badge> : null}
        {person.replied_at && answer !== "silent" ? <span className="quiet small"><Time at={person.replied_at} as="since" /></span> : null}
        {onSwap ? <More label={t("change.more_for", { name: person.name })} items={[{ id: "swap", label: t("change.swap"), run: onSwap }]} /> : null}
      </div>
    </li>
  );
}

function MailLine({ mail }: { mail: "queued" | "sent" | "failed" | "none" }) {
  const { t } = useTranslation("call");
  if (mail === "failed") return <p className="small"><Badge tone="red" mark>{t("meeting.mail.failed")}</Badge></p>;
  return <p className="quiet small">{t(`meeting.mail.${mail}`)}</p>;
}
