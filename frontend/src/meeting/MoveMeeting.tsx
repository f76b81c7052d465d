import { useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button, ButtonLink } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { Conflicts } from "./Conflicts";
import { useMove } from "./queries";
import type { Move } from "./repair";
import type { Meeting } from "./standing";
import { toldOf } from "./told";
import { ToldNote } from "./ToldNote";
import { useMoves } from "./useRepair";

/** Times shown at first: more choices than that are none. */
const fewAtFirst = 5;

type MoveMeetingProps = { meeting: Meeting; /** A time that was chosen before the dialog opened. */ first: Move | null; onClose: () => void };

/** MoveMeeting gives the meeting another time in one step. The old time is lost only when the new one is had. */
export function MoveMeeting({ meeting, first, onClose }: MoveMeetingProps) {
  const { t } = useTranslation(["call", "common"]);
  const announce = useAnnounce();
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState(first?.start ?? null);
  const { moves, pending, error, find } = useMoves(meeting, all);
  const move = useMove(meeting.id);
  const listed = all ? moves : moves.slice(0, fewAtFirst);
  const shown = first && !listed.some((m) => Date.parse(m.start) === Date.parse(first.start)) && !pending && moves.length > 0 && all ? [first, ...listed] : listed;
  const to = shown.find((m) => m.start === chosen) ?? (first?.start === chosen ? first : null);
  const minutes = Math.round((Date.parse(meeting.end) - Date.parse(meeting.start)) / 60_000);
  const go = () => {
    if (!to) return;
    move.mutate({ revision: meeting.revision, start: to.start, duration_min: minutes, find }, { onSuccess: () => { announce(t("call:change.moved")); onClose(); } });
  };
  return (
    <Dialog
      title={t("call:change.move_title")} isOpen onClose={onClose}
      actions={
        <>
          <Button variant="primary" isDisabled={!to} busy={move.isPending} onPress={go}>{t("call:change.move_do")}</Button>
          <Button variant="quiet" onPress={onClose}>{t("call:meeting.keep_time")}</Button>
        </>
      }
    >
      {move.isError ? <Refusal error={move.error} /> : null}
      <p>{t("call:change.move_from")} <strong><Time at={meeting.start} until={meeting.end} as="day" /></strong></p>
      {pending && shown.length === 0 ? <Skeleton label={t("common:loading")} lines={4} /> : null}
      {!pending && error && shown.length === 0 ? <ProblemNote problem={asProblem(error)} /> : null}
      {!pending && !error && moves.length === 0 ? <p>{t("call:change.move_none")}</p> : null}
      {shown.length > 0 ? (
        <RadioGroup className="field" aria-label={t("call:change.move_to")} value={chosen} onChange={setChosen}>
          <span className="field-label" aria-hidden>{t("call:change.move_to")}</span>
          <div className="moves">
            {shown.map((m) => <Radio key={m.start} value={m.start} className="choice-option"><Time at={m.start} until={m.end} as="day" /></Radio>)}
          </div>
        </RadioGroup>
      ) : null}
      <div className="row">
        {!all && find ? <Button variant="quiet" onPress={() => { setAll(true); }}>{t("call:change.move_all")}</Button> : null}
        {meeting.case ? <ButtonLink variant="quiet" href={`/cases/${meeting.case.id}?find=1`}>{t("call:change.move_search")}</ButtonLink> : null}
      </div>
      <p className="small">{t("call:change.move_text")}</p>
      <ToldNote told={toldOf(meeting.participants ?? [])} />
    </Dialog>
  );
}

/** Refusal names who is in the way; nothing was changed. */
function Refusal({ error }: { error: unknown }) {
  const problem = asProblem(error);
  return problem.conflicts.length > 0 ? <Conflicts problem={problem} /> : <ProblemNote problem={problem} />;
}
