import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import "../ui/fields.css";
import { FlagMark } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { useDeclare } from "./queries";
import { useSpeech } from "./useSpeech";
import { othersWords, ownWords, placeWords, upperFirst, wordOf, type DutyRole, type Word } from "./wording";

const words: readonly Word[] = ["in", "out", "plan"];

/** OwnDuty says for one of the reader's roles whether they are on duty, and takes their word for it. It ends with the shift. */
export function OwnDuty({ role }: { role: DutyRole }) {
  const { t } = useTranslation("plan");
  const speech = useSpeech();
  const announce = useAnnounce();
  const declare = useDeclare();
  const said = declare.isPending ? declare.variables.state : wordOf(role);
  const name = `${upperFirst(speech.word("role", role.role))}, ${placeWords(role.unit)}`;
  const nobody = (role.on ?? []).length === 0;
  const say = (state: Word) => {
    if (declare.isPending || state === wordOf(role)) return;
    declare.mutate({ covers: role.covers, state }, { onSuccess: (now) => { announce(ownWords(now, speech)); } });
  };
  return (
    <li className="plan-card">
      <div>
        <h3>{upperFirst(speech.word("role", role.role))}</h3>
        <p className="quiet small">{placeWords(role.unit)}</p>
      </div>
      <div>
        <p><strong>{ownWords(role, speech)}</strong></p>
        <p className={nobody ? "plan-line" : "quiet"}>{nobody ? <FlagMark level="grey" /> : null}<span>{othersWords(role, speech)}</span></p>
      </div>
      <ToggleButtonGroup
        className="plan-words" aria-label={t("own.choose", { role: name })} selectionMode="single" disallowEmptySelection selectedKeys={[said]}
        onSelectionChange={(chosen) => { const word = words.find((w) => chosen.has(w)); if (word) say(word); }}
      >
        {words.map((word) => <ToggleButton key={word} id={word} className="choice-option">{t(`own.${word}`)}</ToggleButton>)}
      </ToggleButtonGroup>
      {declare.isError ? <ProblemNote problem={asProblem(declare.error)} /> : null}
    </li>
  );
}
