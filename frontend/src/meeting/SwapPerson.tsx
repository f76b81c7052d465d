import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useWords } from "../i18n/words";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { Skeleton } from "../ui/surfaces";
import { Time } from "../ui/Time";
import { Conflicts } from "./Conflicts";
import { othersQuery, repairQuery, useSwap } from "./queries";
import { deputiesIn, unhindered, type Deputy } from "./repair";
import type { Meeting, Participant } from "./standing";
import type { Told } from "./told";
import { ToldNote } from "./ToldNote";
import { useSeats, useWhy } from "./useRepair";

type SwapPersonProps = { meeting: Meeting; out: Participant; /** Whom somebody has chosen already. */ first: string | null; onClose: () => void };

/** useDeputies lists who else could sit in a seat at the meeting's time: from the repair where somebody is lost, else asked anew. */
function useDeputies(meeting: Meeting, out: Participant) {
  const repair = useQuery(repairQuery(meeting.id));
  const { seats, people } = useSeats(meeting);
  const lost = repair.data?.seats?.find((s) => s.participant === out.key);
  const find = repair.data?.find;
  const others = useQuery({
    ...othersQuery(meeting.id, find ?? { duration_min: 0, tz: "", window: { from: "", to: "" }, need: [], want: [] }, meeting.start),
    enabled: find !== undefined && !lost,
  });
  const sitting = seats.flatMap((s) => (s.person ? [s.person.id] : []));
  const deputies: readonly Deputy[] = lost ? lost.deputies ?? [] : others.data ? deputiesIn(others.data, out.seat, sitting, people ?? {}) : [];
  return { deputies, people, pending: repair.isLoading || (!lost && others.isLoading), error: repair.error ?? others.error };
}

/** SwapPerson puts somebody else into a seat at the same time, in one step. */
export function SwapPerson({ meeting, out, first, onClose }: SwapPersonProps) {
  const { t } = useTranslation(["call", "common"]);
  const word = useWords("common");
  const why = useWhy();
  const announce = useAnnounce();
  const [chosen, setChosen] = useState(first);
  const { deputies, people, pending, error } = useDeputies(meeting, out);
  const swap = useSwap(meeting.id);
  const comes = deputies.find((d) => d.person.id === chosen);
  const go = () => {
    if (!comes) return;
    swap.mutate({ revision: meeting.revision, out: out.key, in: comes.person.id }, { onSuccess: () => { announce(t("call:change.swapped", { name: comes.person.name })); onClose(); } });
  };
  const told: Told = { mailed: [], untold: [] };
  (out.mail === "none" ? told.untold : told.mailed).push(out.name);
  if (comes) (people && !people[comes.person.id]?.email ? told.untold : told.mailed).push(comes.person.name);
  const problem = swap.error ? asProblem(swap.error) : null;
  return (
    <Dialog
      title={t("call:change.swap_title")} isOpen onClose={onClose}
      actions={
        <>
          <Button variant="primary" isDisabled={!comes?.can} busy={swap.isPending} onPress={go}>{comes ? t("call:change.swap_do", { name: comes.person.name }) : t("call:change.swap_do_nobody")}</Button>
          <Button variant="quiet" onPress={onClose}>{t("call:change.swap_keep", { name: out.name })}</Button>
        </>
      }
    >
      {problem ? problem.conflicts.length > 0 ? <Conflicts problem={problem} /> : <ProblemNote problem={problem} /> : null}
      <p>{t("call:change.swap_from", { name: out.name, role: out.role ? word("role", out.role) : "" })} <strong><Time at={meeting.start} until={meeting.end} as="day" /></strong></p>
      {pending ? <Skeleton label={t("common:loading")} lines={3} /> : null}
      {!pending && error ? <ProblemNote problem={asProblem(error)} /> : null}
      {!pending && !error && deputies.length === 0 ? <p>{t("call:change.swap_none")}</p> : null}
      {deputies.length > 0 ? (
        <RadioGroup className="field" aria-label={t("call:change.swap_to")} value={chosen} onChange={setChosen}>
          <span className="field-label" aria-hidden>{t("call:change.swap_to")}</span>
          <div className="moves">
            {deputies.map((d) => (
              <Radio key={d.person.id} value={d.person.id} isDisabled={!d.can} className="choice-option deputy">
                <span>{d.person.name}{d.person.title ? <span className="quiet small"> {d.person.title}</span> : null}</span>
                <span className="quiet small">{!d.can ? why(d) : unhindered.has(d.why) ? t("call:change.can") : t("call:change.can_but", { why: why(d) })}</span>
              </Radio>
            ))}
          </div>
        </RadioGroup>
      ) : null}
      <ToldNote told={told} />
      <p className="quiet small">{t("call:change.swap_text")}</p>
    </Dialog>
  );
}
