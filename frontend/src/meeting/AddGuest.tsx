import { useState } from "react";
import { Form } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { newKey, type Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { useLanguage, useWords } from "../i18n/words";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Choice, TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner } from "../ui/surfaces";
import { useAddGuest } from "./queries";

type Draft = { kind: Schemas["NewGuest"]["kind"]; name: string; email: string; language: "nb" | "en" };

const kinds = ["patient", "next_of_kin", "interpreter"] as const;

/** AddGuest asks for as little as it takes: who it is, what to call them, and where the link goes. */
export function AddGuest({ id, withdrawn, onClose, onAdded }: { id: string; withdrawn: boolean; onClose: () => void; onAdded: (key: string) => void }) {
  const { t } = useTranslation("call");
  const word = useWords("common");
  const announce = useAnnounce();
  const add = useAddGuest(id);
  const [key] = useState(newKey);
  const [draft, setDraft] = useState<Draft>({ kind: "next_of_kin", name: "", email: "", language: useLanguage() });
  const change = (part: Partial<Draft>) => { setDraft({ ...draft, ...part }); };
  const go = () => {
    const { kind, language } = draft;
    const email = draft.email.trim();
    add.mutate({ key, kind, language, name: draft.name.trim(), ...(email ? { email } : {}) }, {
      onSuccess: (link) => {
        announce(t("guests.added", { name: link.name }));
        onAdded(link.participant);
        onClose();
      },
    });
  };
  return (
    <Dialog title={t("guests.add")} isOpen onClose={onClose} actions={<Button variant="primary" type="submit" form="add-guest" busy={add.isPending}>{t("guests.save")}</Button>}>
      {withdrawn ? <Banner tone="amber">{t("guests.withdrawn")}</Banner> : null}
      <Form id="add-guest" className="stack" onSubmit={(event) => { event.preventDefault(); go(); }}>
        <Choice label={t("guests.kind")} value={draft.kind} onChange={(kind) => { change({ kind }); }} options={kinds.map((kind) => ({ id: kind, label: word("guest", kind) }))} />
        <TextField label={t("guests.name")} hint={t("guests.name_hint")} value={draft.name} onChange={(name) => { change({ name }); }} isRequired maxLength={80} autoComplete="off" />
        <TextField label={t("guests.email")} hint={t("guests.email_hint")} type="email" value={draft.email} onChange={(email) => { change({ email }); }} maxLength={254} autoComplete="off" />
        <Choice label={t("guests.language")} value={draft.language} onChange={(language) => { change({ language }); }} options={[{ id: "nb", label: "Norsk" }, { id: "en", label: "English" }]} />
      </Form>
      {add.isError ? <ProblemNote problem={asProblem(add.error)} /> : null}
    </Dialog>
  );
}
