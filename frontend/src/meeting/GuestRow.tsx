import { QrCode } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { useWords } from "../i18n/words";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { CopyText } from "../ui/CopyText";
import { Dialog } from "../ui/Dialog";
import { Badge } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import { grouped, spelled } from "./code";
import { Qr } from "./Qr";
import { useRenewGuest, useRevokeGuest } from "./queries";
import type { Participant } from "./standing";

type Link = Schemas["GuestLink"];

type RowProps = { id: string; guest: Participant; link: Link | null; open: boolean; onOpen: (open: boolean) => void };

/** GuestRow is one guest: whether the link has been opened, and the link itself once it is asked for: others may see this screen. */
export function GuestRow({ id, guest, link, open, onOpen }: RowProps) {
  const { t } = useTranslation("call");
  const word = useWords("common");
  const panel = useId();
  const standing = guest.revoked ? "revoked" : (link?.used ?? guest.link_used) ? "opened" : "not_opened";
  return (
    <li className="guest-link">
      <div className="row-apart">
        <span><strong>{guest.name}</strong> <span className="quiet small">{guest.guest ? word("guest", guest.guest) : ""}</span></span>
        <Badge tone={standing === "opened" ? "ok" : standing === "revoked" ? "red" : "grey"} mark>{t(`guests.${standing}`)}</Badge>
      </div>
      {link && !guest.revoked ? (
        <Button aria-expanded={open} aria-controls={open ? panel : undefined} aria-label={t("guests.row", { what: t(open ? "guests.hide" : "guests.show"), name: guest.name })} onPress={() => { onOpen(!open); }}>
          <QrCode aria-hidden />{t(open ? "guests.hide" : "guests.show")}
        </Button>
      ) : null}
      {guest.revoked ? <Renew id={id} guest={guest} onNew={() => { onOpen(true); }} /> : null}
      {link && open && !guest.revoked ? <div id={panel} className="guest-open"><Shown link={link} /><Acts id={id} guest={guest} /></div> : null}
    </li>
  );
}

function Shown({ link }: { link: Link }) {
  const { t } = useTranslation("call");
  return (
    <>
      <Qr text={link.url} label={t("guests.qr", { name: link.name })} />
      <p className="quiet small">{t("guests.qr_hint")}</p>
      <div>
        <p className="small quiet">{t("guests.code")}</p>
        <p className="guest-code"><span aria-hidden>{grouped(link.code)}</span><span className="sr-only">{spelled(link.code)}</span></p>
        <p className="small quiet">{t("guests.code_where", { place: `${location.host}/join` })}</p>
      </div>
      <CopyText wide label={t("meeting.copy_by_hand", { name: link.name })} action={t("meeting.copy")} text={link.url} />
      <p className="small quiet">{t("guests.expires")} <Time at={link.expires} as="day" /></p>
    </>
  );
}

function Renew({ id, guest, onNew }: { id: string; guest: Participant; onNew?: () => void }) {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  const renew = useRenewGuest(id);
  const go = () => { renew.mutate(guest.key, { onSuccess: () => { announce(t("guests.renewed", { name: guest.name })); onNew?.(); } }); };
  return (
    <>
      <Button busy={renew.isPending} aria-label={t("guests.row", { what: t("guests.renew"), name: guest.name })} onPress={go}>{t("guests.renew")}</Button>
      {renew.isError ? <ProblemNote problem={asProblem(renew.error)} /> : null}
    </>
  );
}

function Acts({ id, guest }: { id: string; guest: Participant }) {
  const { t } = useTranslation("call");
  const [ending, setEnding] = useState(false);
  return (
    <div className="guest-acts">
      <Renew id={id} guest={guest} />
      <Button variant="danger" aria-label={t("guests.row", { what: t("guests.revoke"), name: guest.name })} onPress={() => { setEnding(true); }}>{t("guests.revoke")}</Button>
      {ending ? <EndLink id={id} guest={guest} onClose={() => { setEnding(false); }} /> : null}
    </div>
  );
}

function EndLink({ id, guest, onClose }: { id: string; guest: Participant; onClose: () => void }) {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  const revoke = useRevokeGuest(id);
  const go = () => { revoke.mutate(guest.key, { onSuccess: () => { announce(t("guests.revoked_said", { name: guest.name })); onClose(); } }); };
  return (
    <Dialog
      title={t("guests.revoke_title", { name: guest.name })} role="alertdialog" isOpen onClose={onClose}
      actions={<><Button variant="danger" busy={revoke.isPending} onPress={go}>{t("guests.revoke")}</Button><Button variant="quiet" onPress={onClose}>{t("guests.keep")}</Button></>}
    >
      <p>{t("guests.revoke_text")}</p>
      {revoke.isError ? <ProblemNote problem={asProblem(revoke.error)} /> : null}
    </Dialog>
  );
}
