import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Badge, FlagMark } from "../ui/FlagMark";
import { PhoneLink } from "./PhoneLink";
import type { DutyRole } from "./queries";
import { ReachMark } from "./ReachMark";
import { useSpeech } from "./useSpeech";
import { levelWords, nextWords, placeWords, reachWords, roleWords, sourceWords, upperFirst } from "./wording";

/** RoleRow is one role that can be rung: who covers it now, whether they can be reached, and how that is known. All of it is one large button. */
export function RoleRow({ role, onChoose }: { role: DutyRole; onChoose: () => void }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const on = role.on ?? [];
  const name = upperFirst(speech.word("role", role.role));
  return (
    <li className="duty-role">
      <div className="duty-head">
        <h3><AriaButton className="duty-open" aria-label={`${name}, ${placeWords(role.unit)}`} onPress={onChoose}>{name}</AriaButton></h3>
        <p className="quiet">{placeWords(role.unit)}</p>
        {role.mine ? <Badge tone="accent">{t("your_role")}</Badge> : null}
      </div>
      {on.length > 0
        ? <ul className="duty-on">{on.map((o) => <OnDuty key={o.person.id} on={o} />)}</ul>
        : <p className="duty-nobody"><FlagMark level="grey" /><span><strong>{t("nobody.now")}.</strong> {nextWords(role.next, speech)}</span></p>}
      {role.deputy || role.phone ? (
        <div className="duty-foot">
          {role.deputy ? (
            <p className="quiet small">
              {t("deputy", { role: roleWords(role.deputy.role, role.deputy.unit, speech) })} ({role.deputy.on_duty > 0 ? t("deputy_on", { count: role.deputy.on_duty }) : t("deputy_none")})
            </p>
          ) : null}
          {role.phone ? <PhoneLink phone={role.phone} who={placeWords(role.unit)} /> : null}
        </div>
      ) : null}
    </li>
  );
}

function OnDuty({ on }: { on: Schemas["OnDutyView"] }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const level = levelWords(on.level, speech);
  return (
    <li className="duty-person">
      <ReachMark state={on.reach.state} />
      <div>
        <p>
          <strong>{on.person.name}</strong>
          {on.you ? <span className="quiet"> ({t("you")})</span> : null}
          {level ? <> <span className="duty-level">{level}</span></> : null}
          {` · ${reachWords(on.reach, speech)}`}
        </p>
        <p className={on.source.stale ? "small duty-stale" : "small quiet"}>
          {on.source.stale ? <FlagMark level="amber" /> : null}{sourceWords(on, speech)}
        </p>
      </div>
    </li>
  );
}
