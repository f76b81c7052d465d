import { useState } from "react";
import { Form } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { newKey, type Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { resources } from "../i18n/i18n";
import { useWords } from "../i18n/words";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Choice, Select, TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { useAddByHand, type ByHand } from "./queries";
import type { Person } from "./state";
import { useRoleWords } from "./useCall";

const other = "";
const noRole = "";

/** AddByHand says who else is here, by phone or in the room. Whoever was invited and rings instead keeps their seat. */
export function AddByHand({ view, here, onClose }: { view: Schemas["ConferenceView"]; here: readonly Person[]; onClose: () => void }) {
  const { t } = useTranslation("call");
  const { placeOf } = useRoleWords();
  const word = useWords("common");
  const announce = useAnnounce();
  const add = useAddByHand(view.id);
  const [key] = useState(newKey);
  const [who, setWho] = useState(other);
  const [draft, setDraft] = useState<ByHand>({ name: "", role: noRole, org: "", how: "phone" });
  const invited = (view.participants ?? []).filter((p) => !p.revoked && !p.visitor && !p.by_hand && !here.some((h) => h.key === p.key));
  const chosen = invited.find((p) => p.key === who);
  const change = (part: Partial<ByHand>) => { setDraft({ ...draft, ...part }); };
  const body: ByHand = chosen ? { name: chosen.name, role: chosen.role, org: chosen.org, seat: chosen.seat || undefined, how: draft.how } : { ...draft, name: draft.name.trim(), org: draft.org?.trim() };
  const go = () => {
    add.mutate({ ...body, key }, { onSuccess: () => { announce(t("by_hand.added", { name: body.name })); onClose(); } });
  };
  const roles = Object.keys(resources.nb.common.role).map((id) => ({ id, label: word("role", id) })).toSorted((a, b) => a.label.localeCompare(b.label));
  return (
    <Dialog
      title={t("by_hand.title")} isOpen onClose={onClose}
      actions={<Button variant="primary" type="submit" form="add-by-hand" busy={add.isPending}>{t("by_hand.add")}</Button>}
    >
      <p className="quiet">{t("by_hand.text")}</p>
      <Form id="add-by-hand" className="stack" onSubmit={(event) => { event.preventDefault(); go(); }}>
        {invited.length > 0 ? (
          <Select
            label={t("by_hand.who")} value={who === other ? "other" : who} onChange={(id) => { setWho(id === "other" ? other : id); }}
            options={[{ id: "other", label: t("by_hand.other") }, ...invited.map((p) => ({ id: p.key, label: p.name, detail: placeOf(p) }))]}
          />
        ) : null}
        {chosen ? null : (
          <>
            <TextField label={t("by_hand.name")} value={draft.name} onChange={(name) => { change({ name }); }} isRequired maxLength={80} autoComplete="off" />
            <Select label={t("by_hand.role")} value={draft.role || "none"} onChange={(id) => { change({ role: id === "none" ? noRole : id }); }} options={[{ id: "none", label: t("by_hand.no_role") }, ...roles]} />
            <TextField label={t("by_hand.org")} value={draft.org ?? ""} onChange={(org) => { change({ org }); }} maxLength={80} autoComplete="off" />
          </>
        )}
        <Choice
          label={t("by_hand.how")} value={draft.how} onChange={(how) => { change({ how }); }}
          options={[{ id: "phone", label: t("by_hand.phone") }, { id: "room", label: t("by_hand.room") }]}
        />
      </Form>
      {add.isError ? <ProblemNote problem={asProblem(add.error)} /> : null}
    </Dialog>
  );
}
