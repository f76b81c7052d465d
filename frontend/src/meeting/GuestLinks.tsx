import { useQuery } from "@tanstack/react-query";
import { Check, Copy } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { Card, Skeleton } from "../ui/surfaces";
import { linksQuery } from "./queries";

/** GuestLinks gives whoever booked the personal links of patients and kin, who often have no e-mail. */
export function GuestLinks({ id }: { id: string }) {
  const { t } = useTranslation("call");
  const links = useQuery(linksQuery(id));
  return (
    <Card labelledBy="guest-links" className="stack-s">
      <h2 id="guest-links">{t("meeting.links")}</h2>
      <p className="quiet small">{t("meeting.links_text")}</p>
      {links.isPending ? <Skeleton label={t("meeting.links_loading")} lines={1} /> : null}
      {links.isError ? <ProblemNote problem={asProblem(links.error)} onRetry={() => void links.refetch()} /> : null}
      <ul className="guest-links">{links.data?.map((link) => <GuestLinkRow key={link.participant} link={link} />)}</ul>
    </Card>
  );
}

function GuestLinkRow({ link }: { link: Schemas["GuestLink"] }) {
  const { t } = useTranslation(["call", "common"]);
  const announce = useAnnounce();
  const [state, setState] = useState<"idle" | "copied" | "by_hand">("idle");
  const name = useId();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link.url);
      setState("copied");
      announce(t("common:copied"));
    } catch {
      setState("by_hand"); // the browser keeps the clipboard closed, or there is none without https
    }
  };
  return (
    <li className="guest-link">
      <div className="row-apart">
        <span id={name}>{link.name}</span>
        <Button onPress={() => void copy()} aria-describedby={name}>
          {state === "copied" ? <Check aria-hidden /> : <Copy aria-hidden />}{state === "copied" ? t("common:copied") : t("call:meeting.copy")}
        </Button>
      </div>
      {state === "by_hand" ? <TextField label={t("call:meeting.copy_by_hand", { name: link.name })} value={link.url} isReadOnly /> : null}
    </li>
  );
}
