import { BellOff, BellRing } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { useLanguage } from "../i18n/words";
import { Button } from "../ui/Button";
import { FlagMark } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner } from "../ui/surfaces";
import { remembered, standingOf, troubleOf, type Push, type PushState, type Standing } from "./device";
import { useForget, useTurnOn } from "./queries";

/** ThisDevice turns on rings for this phone or PC, and says what stands in the way where it cannot. */
export function ThisDevice({ push, state, reach }: { push: Push; state: PushState; reach: Schemas["ReachView"] }) {
  const { t } = useTranslation("plan");
  const language = useLanguage();
  const on = useTurnOn(push);
  const off = useForget(push);
  const known = remembered();
  const standing = standingOf(state, reach.devices ?? [], known);
  const turnOn = () => {
    // Whoever turned it on here before shall not be rung here any more: their subscription ends first.
    const turning = standing === "others" ? push.turnOff().then(() => push.turnOn(reach.push_key)) : push.turnOn(reach.push_key);
    on.mutate(turning, { onSuccess: () => { void push.tellLanguage(language); } });
  };
  return (
    <section className="stack-s" aria-labelledby="this-device">
      <h2 id="this-device">{t("this.title")}</h2>
      <p className="plan-line">{standing === "on" ? <FlagMark level="ok" /> : <BellOff className="reach-off" aria-hidden />}<span>{t(`this.${standing}`)}</span></p>
      <Hindrance standing={standing} />
      {standing === "off" || standing === "others" ? (
        <>
          <div><Button variant="primary" busy={on.isPending} onPress={turnOn}><BellRing aria-hidden />{t("this.turn_on")}</Button></div>
          <p className="quiet small">{t("this.private")}</p>
        </>
      ) : null}
      {standing === "on" && known !== null ? <div><Button busy={off.isPending} onPress={() => { off.mutate({ id: known, here: true }); }}>{t("this.turn_off")}</Button></div> : null}
      {on.isError ? <Failed error={on.error} /> : null}
      {off.isError ? <ProblemNote problem={asProblem(off.error)} /> : null}
    </section>
  );
}

/** Hindrance says step by step how to get rid of it. */
function Hindrance({ standing }: { standing: Standing }) {
  const { t } = useTranslation("plan");
  if (standing === "ios_needs_install") return <ol className="reach-steps"><li>{t("install.share")}</li><li>{t("install.open")}</li></ol>;
  if (standing === "denied") return <ul className="reach-steps"><li>{t("allow.browser")}</li><li>{t("allow.iphone")}</li><li>{t("allow.work")}</li></ul>;
  return null;
}

function Failed({ error }: { error: unknown }) {
  const { t } = useTranslation("plan");
  const trouble = troubleOf(error);
  return trouble ? <Banner tone="amber">{t(`trouble.${trouble}`)}</Banner> : <ProblemNote problem={asProblem(error)} />;
}
