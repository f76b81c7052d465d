import { Check, CircleHelp, X } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { answerOf, type Reply } from "./standing";

const choices = [
  { reply: "accepted", Icon: Check },
  { reply: "tentative", Icon: CircleHelp },
  { reply: "declined", Icon: X },
] as const;

/** Saving is the mutation that carries the answer, by session or by link. */
export type Saving = { mutate: (reply: Reply, options: { onSuccess: () => void }) => void; isPending: boolean; variables: Reply | undefined; error: unknown };

/** ReplyButtons asks whether you are coming. The answer shows when the server has it, not before. */
export function ReplyButtons({ reply, save }: { reply: string; save: Saving }) {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  const heading = useId();
  const now = answerOf(reply);
  const say = (chosen: Reply) => { save.mutate(chosen, { onSuccess: () => { announce(t(`meeting.answered.${chosen}`)); } }); };
  return (
    <section className="stack-s replies-box" aria-labelledby={heading}>
      <h2 id={heading}>{t("meeting.coming")}</h2>
      <p className="quiet">{t(`meeting.answered.${now}`)}</p>
      <div className="replies">
        {choices.map(({ reply: choice, Icon }) => (
          <Button
            key={choice} className="reply" aria-pressed={now === choice} busy={save.isPending && save.variables === choice} isDisabled={save.isPending && save.variables !== choice}
            onPress={() => { if (now !== choice) say(choice); }}
          >
            <Icon aria-hidden />{t(`meeting.answer.${choice}`)}
          </Button>
        ))}
      </div>
      {save.error ? <ProblemNote problem={asProblem(save.error)} /> : null}
    </section>
  );
}
