import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { useAnnounce } from "../ui/Announcer";
import { aheadOf, secondsSince } from "./calling";
import { PhoneLink } from "./PhoneLink";
import { dutyQuery, type Consult, type DutyRole } from "./queries";
import { useServerNow } from "./useServerNow";
import { useSpeech } from "./useSpeech";
import { coversOf, levelWords, listed, placeWords, roleWords } from "./wording";

type Ring = Schemas["RingView"];

/** Hunt is the call as a list: who was tried and why not, who is rung now, what comes then. */
export function Hunt({ consult, rung, over }: { consult: Consult; rung: readonly Ring[]; over: readonly Ring[] }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const announce = useAnnounce();
  const now = useServerNow(true);
  const plan = useDutyOf(consult);
  const names = listed(rung.map((r) => r.person.name), speech.language);
  useEffect(() => { if (names) announce(`${t("calling.ringing")}: ${names}`); }, [announce, names, t]);
  return (
    <section className="stack" aria-label={t("calling.way")}>
      <ol className="hunt">
        {over.map((r) => <RingLine key={r.person.id + r.at} ring={r} />)}
        {rung.map((r) => (
          <li key={r.person.id + r.at} className="hunt-step hunt-now" aria-current="step">
            <span className="hunt-mark" aria-hidden />
            <div>
              <p className="hunt-name">{r.person.name}</p>
              <p>{[r.role ? speech.word("role", r.role) : "", levelWords(r.level, speech)].filter(Boolean).join(" · ")}</p>
              <p className="quiet small">{t("calling.ringing")} {t("calling.for_seconds", { seconds: secondsSince(r.at, now) })}{r.seen ? ` · ${t("calling.seen")}` : ""}</p>
            </div>
          </li>
        ))}
        {rung.length === 0 ? <li className="hunt-step"><span className="hunt-mark" aria-hidden /><p className="quiet">{t("calling.searching")}</p></li> : null}
        {aheadOf(consult, plan?.deputy).map((step) => (
          <li key={step.kind} className="hunt-step hunt-ahead">
            <span className="hunt-mark" aria-hidden />
            <p className="quiet">{t("calling.then")}: {step.kind === "deputy" ? roleWords(step.role, step.unit, speech) : t("calling.then_next")}</p>
          </li>
        ))}
      </ol>
      {plan?.phone ? <p className="row">{t("missed.phone")}: <PhoneLink phone={plan.phone} who={placeWords(plan.unit)} /></p> : null}
    </section>
  );
}

/** useDutyOf is what is known of the role that is rung: its deputy and its phone. */
function useDutyOf(consult: Consult): DutyRole | undefined {
  const covers = coversOf(consult);
  return useQuery({ ...dutyQuery, enabled: covers !== null }).data?.find((r) => r.covers === covers);
}

/** RingLine is one person's part that is over, or why they were passed over. */
export function RingLine({ ring }: { ring: Ring }) {
  const speech = useSpeech();
  return (
    <li className="hunt-step hunt-over">
      <span className="hunt-mark" aria-hidden />
      <p><span>{ring.person.name}</span> <span className="quiet">{speech.say("outcome", ring.outcome)}</span></p>
    </li>
  );
}

/** Practised says what the practice ring has shown. */
export function Practised({ consult }: { consult: Consult }) {
  const { t } = useTranslation("talk");
  const heard = consult.rings?.some((r) => r.outcome === "accepted") ?? false;
  return <p>{heard ? t("calling.heard") : t("calling.unheard")}</p>;
}
