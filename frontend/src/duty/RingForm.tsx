import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Checkbox, Choice, TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { KeyFor, useRing } from "./queries";
import { useSpeech } from "./useSpeech";
import { bodyOf, emptyWish, mistakeOf, urgencyOf, wordsMost, type Target, type Wish } from "./wish";
import { firstStep, firstStepWords, knockWords, roleWords, upperFirst, type FirstStep, type Speech } from "./wording";

export type Asked = { kind: "role"; role: Schemas["DutyRole"] } | { kind: "knock"; person: Pick<Schemas["Person"], "id" | "name" | "reach"> };

/** RingForm asks for the little that must be known before it rings. All of it is taps; the defaults make it two. */
export function RingForm({ asked, reasons, onClose }: { asked: Asked; reasons: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  const ring = useRing();
  const [key] = useState(() => new KeyFor());
  const [wish, setWish] = useState<Wish>(() => emptyWish(asked.kind));
  const [tried, setTried] = useState(false);
  const change = (part: Partial<Wish>) => { setWish((w) => ({ ...w, ...part })); };
  const mistake = tried ? mistakeOf(wish) : null;
  const { step, words } = foreseen(asked, wish, speech);
  const target: Target = asked.kind === "role" ? { covers: asked.role.covers } : { person: asked.person.id };
  const send = () => {
    setTried(true);
    const wrong = mistakeOf(wish);
    if (wrong) {
      announce(t(`form.${wrong}`));
      return;
    }
    const body = bodyOf(wish, target);
    ring.mutate({ body, key: key.of(body) }, { onSuccess: (consult) => { navigate(`/talk/${consult.id}`, { replace: true }); } });
  };
  return (
    <Dialog
      isOpen onClose={onClose}
      title={asked.kind === "role" ? upperFirst(roleWords(asked.role.role, asked.role.unit, speech)) : t("form.knock_title", { name: asked.person.name })}
      actions={<Button variant="primary" wide className="ring-button" busy={ring.isPending} onPress={send}>{t(buttonOf(asked, step))}</Button>}
    >
      <div className="ring-will" role="status">{words.map((w) => <p key={w}>{w}</p>)}</div>
      <div>
        <Choice label={t("form.reason")} isInvalid={mistake === "reason_missing"} options={reasons.map((id) => ({ id, label: speech.say("reason", id) }))} value={wish.reason} onChange={(reason) => { change({ reason }); }} />
        {mistake === "reason_missing" ? <p className="field-error">{t("form.reason_missing")}</p> : null}
      </div>
      <Choice
        label={t("form.urgency")} value={urgencyOf(wish)} onChange={(urgency) => { change({ urgency }); }}
        options={[{ id: "today", label: t("form.urgency_today") }, { id: "hour", label: t("form.urgency_hour") }, { id: "now", label: t("form.urgency_now") }]}
      />
      <Choice
        label={t("form.minutes")} value={wish.minutes} onChange={(minutes) => { change({ minutes }); }}
        options={[{ id: "2", label: "2" }, { id: "5", label: "5" }, { id: "10", label: "10" }]}
      />
      <div>
        <Checkbox isSelected={wish.patient} onChange={(patient) => { change({ patient, consent: false }); }}>{t("form.patient")}</Checkbox>
        {wish.patient ? <Checkbox isSelected={wish.consent} isInvalid={mistake === "consent_missing"} onChange={(consent) => { change({ consent }); }}>{t("form.consent")}</Checkbox> : null}
        {mistake === "consent_missing" ? <p className="field-error">{t("form.consent_missing")}</p> : null}
      </div>
      {wish.words === null
        ? <div><Button variant="quiet" className="ring-more" onPress={() => { change({ words: "" }); }}>{t("form.more")}</Button></div>
        : <TextField label={t("form.words")} hint={t("form.words_hint")} maxLength={wordsMost} value={wish.words} onChange={(text) => { change({ words: text }); }} />}
      {ring.isError ? <ProblemNote problem={asProblem(ring.error)} /> : null}
    </Dialog>
  );
}

function foreseen(asked: Asked, wish: Wish, speech: Speech): { step: FirstStep | null; words: string[] } {
  if (asked.kind === "knock") return { step: null, words: [knockWords(asked.person.name, asked.person.reach, speech)] };
  const step = firstStep(asked.role, urgencyOf(wish));
  return { step, words: firstStepWords(step, asked.role, speech) };
}

function buttonOf(asked: Asked, step: FirstStep | null) {
  if (asked.kind === "knock") return "form.knock" as const;
  switch (step?.kind) {
    case "deputy": return "form.deputy" as const;
    case "note": return "form.note" as const;
    case "ring":
    case undefined: return "form.ring" as const;
  }
}
