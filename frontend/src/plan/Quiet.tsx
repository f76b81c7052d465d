import { BellOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { useClock } from "../ui/clock";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import { useQuiet } from "./queries";
import { lengths, quietUntil } from "./quiet";
import { useSpeech } from "./useSpeech";
import { momentWords } from "./wording";

/** Quiet is "do not disturb": for a while, never for good, and taken back with one tap. */
export function Quiet({ until }: { until: string | undefined }) {
  const { t } = useTranslation("plan");
  const { now, zone } = useClock();
  const speech = useSpeech();
  const announce = useAnnounce();
  const quiet = useQuiet();
  const inForce = until !== undefined && Date.parse(until) > now.getTime();
  const set = (end: Date | null) => {
    quiet.mutate(end, { onSuccess: (reach) => { announce(reach.quiet_until ? t("quiet.until", { time: momentWords(reach.quiet_until, speech) }) : t("quiet.over")); } });
  };
  return (
    <section className="stack-s" aria-labelledby="quiet">
      <h2 id="quiet">{t("quiet.title")}</h2>
      {inForce ? (
        <div className="reach-quiet">
          <BellOff aria-hidden />
          <p><strong>{t("quiet.until", { time: momentWords(until, speech) })}</strong> <span className="quiet">(<Time at={until} />)</span></p>
          <Button busy={quiet.isPending} onPress={() => { set(null); }}>{t("quiet.take_back")}</Button>
        </div>
      ) : null}
      <p className="quiet">{t("quiet.text")}</p>
      <div className="row" role="group" aria-label={inForce ? t("quiet.longer") : t("quiet.title")}>
        {lengths.map((length) => <Button key={length} busy={quiet.isPending} onPress={() => { set(quietUntil(length, now, zone)); }}>{t(`quiet.${length}`)}</Button>)}
      </div>
      {quiet.isError ? <ProblemNote problem={asProblem(quiet.error)} /> : null}
    </section>
  );
}
