import { DoorOpen, Mail, Phone, PhoneCall } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Words } from "../i18n/words";
import { ButtonLink } from "../ui/Button";
import { FlagMark } from "../ui/FlagMark";
import { CalendarLine } from "./CalendarLine";
import type { Home } from "./groups";
import { Presence } from "./Presence";
import type { Person } from "./search";
import { useSpeech } from "./useSpeech";
import { dutyLines, languagesWords, phoneHref, phoneWords, roleToRing, workWords } from "./wording";

export type EntryProps = {
  person: Person;
  home: Home;
  you: boolean;
  /** Roles that the reader may ring; nothing for who may not ring at all. */
  ringable: ReadonlySet<string>;
  /** A name was chosen to be looked at. */
  onName: (name: string) => void;
};

/** Entry is one person: who and on duty for what, what to ask about, how to reach them. */
export function Entry({ person, home, you, ringable, onName }: EntryProps) {
  const role = you ? null : roleToRing(person, `${home.role}@${home.unitId}`, ringable);
  return (
    <li className="entry">
      <Who person={person} home={home} you={you} />
      <About person={person} onName={onName} />
      <Ways person={person} />
      {role ? <Actions person={person} role={role} /> : null}
    </li>
  );
}

function Who({ person, home, you }: { person: Person; home: Home; you: boolean }) {
  const { t } = useTranslation("common");
  const speech = useSpeech();
  const roles = (person.roles ?? []).map(({ role }, i) => {
    const at = person.units?.[i];
    const elsewhere = at && at.name !== home.unit ? [at.name, at.organization === home.house ? "" : at.organization].filter(Boolean).join(", ") : "";
    return { role: speech.word("role", role), elsewhere };
  });
  const said = roles.some(({ role }) => role.toLowerCase().includes((person.title ?? "").toLowerCase()));
  return (
    <div className="entry-who">
      <h4>{person.name}{you ? <span className="quiet entry-you"> ({t("directory.you")})</span> : null}</h4>
      {person.reach ? <Presence reach={person.reach} /> : null}
      {person.title && !said ? <p className="quiet">{person.title}</p> : null}
      {roles.map((r) => <p key={r.role + r.elsewhere}><span className="first-upper">{r.role}</span>{r.elsewhere ? <span className="quiet"> · {r.elsewhere}</span> : null}</p>)}
      {dutyLines(person, speech).map((line) => (
        <p key={line.said} className="entry-duty small">
          {line.source ? <strong>{line.said}</strong> : line.said}
          {line.source ? <span className={line.stale ? "entry-stale" : "quiet"}>{line.stale ? <FlagMark level="amber" /> : null}{line.source}</span> : null}
        </p>
      ))}
    </div>
  );
}

function About({ person, onName }: { person: Person; onName: (name: string) => void }) {
  const { t } = useTranslation("common");
  const speech = useSpeech();
  const { deputy } = person;
  const ask = person.ask ?? [];
  const languages = person.languages ?? [];
  return (
    <dl className="entry-about small">
      {ask.length > 0 ? <div className="entry-ask"><dt>{t("directory.ask")}</dt><dd><ul>{ask.map((words) => <li key={words}>{words}</li>)}</ul></dd></div> : null}
      <div><dt>{t("directory.hours")}</dt><dd>{workWords(person, speech)}</dd></div>
      {languages.length > 0 ? <div><dt>{t("directory.languages")}</dt><dd>{languagesWords(languages, speech.language)}</dd></div> : null}
      {deputy ? (
        <div>
          <dt>{t("directory.deputy")}</dt>
          <dd><AriaButton className="entry-deputy" onPress={() => { onName(deputy.name); }}>{deputy.name}</AriaButton></dd>
        </div>
      ) : null}
    </dl>
  );
}

function Ways({ person }: { person: Person }) {
  const { t } = useTranslation("common");
  const answers = phoneWords(person, useSpeech());
  return (
    <div className="entry-ways">
      {person.phone ? (
        <>
          <a href={phoneHref(person.phone)} aria-label={`${t("directory.phone")} ${person.phone}, ${person.name}`}><Phone aria-hidden />{person.phone}</a>
          {answers ? <p className="entry-answers small quiet">{answers}</p> : null}
        </>
      ) : null}
      {person.email ? <a href={`mailto:${person.email}`} aria-label={`${t("directory.email")} ${person.email}, ${person.name}`}><Mail aria-hidden />{person.email}</a> : null}
      {person.phone || person.email ? null : <p className="quiet small">{t("directory.unreachable")}</p>}
      <CalendarLine calendar={person.calendar} />
    </div>
  );
}

/** Actions are a talk now: with the person, or with whoever has the role. */
function Actions({ person, role }: { person: Person; role: string }) {
  const { t } = useTranslation("common");
  const { word } = useSpeech();
  return (
    <div className="entry-actions">
      <ButtonLink href={`/talk?knock=${encodeURIComponent(person.id)}`} aria-label={`${t("directory.knock")}: ${person.name}`}><DoorOpen aria-hidden />{t("directory.knock")}</ButtonLink>
      <ButtonLink href={`/talk?to=${encodeURIComponent(role)}`} aria-label={`${t("directory.ring_role")}: ${roleName(role, person, word)}`}><PhoneCall aria-hidden />{t("directory.ring_role")}</ButtonLink>
    </div>
  );
}

/** roleName: "palliative consultant, Palliativt team". */
function roleName(covers: string, person: Person, word: Words): string {
  const [role = "", id] = covers.split("@");
  const at = (person.roles ?? []).findIndex((r) => r.role === role && r.unit === id);
  return [word("role", role), person.units?.[at]?.name].filter(Boolean).join(", ");
}
