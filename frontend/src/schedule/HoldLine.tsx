import { Timer } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { useClock } from "../ui/clock";
import { ProblemNote } from "../ui/ProblemNote";
import { clock } from "../ui/time";
import { leftOf } from "./countdown";
import type { Held, useHold } from "./holds";
import { useSecond } from "./useSecond";

type HoldLineProps = { held: Held; extension: ReturnType<typeof useHold>["extension"] };

/** HoldLine says how long the chosen time is held, and holds it longer. */
export function HoldLine({ held, extension }: HoldLineProps) {
  const { t } = useTranslation("schedule");
  switch (held.kind) {
    case "asking": return <p className="hold quiet small"><Timer aria-hidden /><span>{t("hold.asking")}</span></p>;
    case "none": return <p className="hold quiet small"><Timer aria-hidden /><span>{t("hold.none")}</span></p>;
    case "refused": return null;
    case "held": return <Countdown hold={held.hold} extension={extension} />;
  }
}

function Countdown({ hold, extension }: { hold: Extract<Held, { kind: "held" }>["hold"]; extension: HoldLineProps["extension"] }) {
  const { t } = useTranslation("schedule");
  const announce = useAnnounce();
  const { zone } = useClock();
  const left = leftOf(hold.until, useSecond(true));
  const until = clock(new Date(hold.until), zone);
  const extendable = hold.extensions > 0 && left.low;
  const said = useRef("");
  useEffect(() => {
    const turn = left.over ? "over" : left.urgent ? "urgent" : "";
    if (turn !== "" && said.current !== turn + hold.until) announce(turn === "over" ? t("hold.over") : t("hold.soon_over"));
    said.current = turn + hold.until;
  }, [left.over, left.urgent, hold.until, announce, t]);
  return (
    <>
      <div className={`hold${left.urgent ? " hold-urgent" : ""}`}>
        <Timer aria-hidden />
        <p>{left.over ? t("hold.over") : <>{t("hold.until", { time: until })} <span className="hold-left" aria-hidden>{left.clock}</span></>}</p>
        {extendable ? <Button variant="quiet" busy={extension.isPending} onPress={() => { extension.mutate(hold.id, { onSuccess: (longer) => { announce(t("hold.until", { time: clock(new Date(longer.until), zone) })); } }); }}>{t("hold.longer")}</Button> : null}
      </div>
      {extension.isError ? <ProblemNote problem={asProblem(extension.error)} /> : null}
    </>
  );
}
