import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { Skeleton } from "../ui/surfaces";
import { AddGuest } from "./AddGuest";
import { GuestRow } from "./GuestRow";
import "./guests.css";
import { linksQuery, meetingQuery } from "./queries";

/**
 * GuestPanel gives hosts the personal links of patients, kin and interpreters, who often have no e-mail: as a QR code to hold
 * up, as a code to read out, to copy. On the meeting's page and in the call.
 */
export function GuestPanel({ id }: { id: string }) {
  const { t } = useTranslation("call");
  const meeting = useQuery(meetingQuery(id));
  const links = useQuery(linksQuery(id));
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const over = meeting.data?.state === "ended" || meeting.data?.state === "cancelled";
  const guests = (meeting.data?.participants ?? []).filter((p) => p.guest && !p.by_hand);
  const withdrawn = meeting.data?.consent?.withdrawn_at !== undefined;
  return (
    <div className="guests">
      <p className="quiet small">{t("guests.text")}</p>
      {links.isPending ? <Skeleton label={t("guests.loading")} lines={1} /> : null}
      {links.isError ? <ProblemNote problem={asProblem(links.error)} onRetry={() => void links.refetch()} /> : null}
      {links.data && guests.length === 0 ? <p>{t("guests.none")}</p> : null}
      <ul className="guest-links">
        {guests.map((guest) => (
          <GuestRow
            key={guest.key} id={id} guest={guest} link={links.data?.find((link) => link.participant === guest.key) ?? null}
            open={shown === guest.key} onOpen={(open) => { setShown(open ? guest.key : null); }}
          />
        ))}
      </ul>
      {over ? null : <Button wide onPress={() => { setAdding(true); }}><UserPlus aria-hidden />{t("guests.add")}</Button>}
      {adding ? <AddGuest id={id} withdrawn={withdrawn} onClose={() => { setAdding(false); }} onAdded={setShown} /> : null}
    </div>
  );
}
