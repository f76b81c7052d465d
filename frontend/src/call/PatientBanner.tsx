import { HeartHandshake } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Checkbox } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import { may, useConsent } from "./queries";

type View = Schemas["ConferenceView"];

/** consented: given and not taken back. */
function consented(view: View): boolean {
  return view.consent !== undefined && view.consent.withdrawn_at === undefined;
}

/** PatientBanner tells everybody that the patient hears them, and how it stands with the consent. Hosts tick it and take it back. */
export function PatientBanner({ view }: { view: View }) {
  const { t } = useTranslation("call");
  const save = useConsent(view.id);
  const [withdrawing, setWithdrawing] = useState(false);
  const host = may(view, "keep_consent");
  const given = consented(view);
  if (!view.patient_present && (!view.consent || (given && !host))) return null;
  return (
    <section className="patient" aria-label={t("patient.title")}>
      <HeartHandshake aria-hidden />
      <div className="patient-words" role="status">
        {view.patient_present ? <strong>{t("patient.title")}</strong> : null}
        <span><ConsentWords view={view} /></span>
      </div>
      {host && given ? (
        <div className="patient-acts">
          <Button onPress={() => { setWithdrawing(true); }}>{t("patient.withdraw")}</Button>
          {view.patient_present ? <Button variant="quiet" busy={save.isPending} onPress={() => { save.mutate({ patient_present: false, consent: true }); }}>{t("patient.gone")}</Button> : null}
        </div>
      ) : null}
      {save.isError ? <ProblemNote problem={asProblem(save.error)} /> : null}
      {withdrawing ? <Withdraw view={view} onClose={() => { setWithdrawing(false); }} /> : null}
    </section>
  );
}

function ConsentWords({ view }: { view: View }) {
  const { t } = useTranslation("call");
  const { consent } = view;
  if (!consent) return <>{t("patient.not_yet")}</>;
  if (consent.withdrawn_at) return <>{t("patient.withdrawn")} <Time at={consent.withdrawn_at} as="clock" />.</>;
  return <>{t("patient.given", { name: consent.given_by })} <Time at={consent.given_at} as="clock" />.</>;
}

/** Withdraw asks once: it closes seats at once. */
function Withdraw({ view, onClose }: { view: View; onClose: () => void }) {
  const { t } = useTranslation("call");
  const announce = useAnnounce();
  const save = useConsent(view.id);
  const go = () => {
    save.mutate({ patient_present: false, consent: false }, { onSuccess: () => { announce(t("patient.withdrawn_said")); onClose(); } });
  };
  return (
    <Dialog
      title={t("patient.withdraw_title")} role="alertdialog" isOpen onClose={onClose}
      actions={<><Button variant="danger" busy={save.isPending} onPress={go}>{t("patient.withdraw")}</Button><Button variant="quiet" onPress={onClose}>{t("patient.keep")}</Button></>}
    >
      <p>{t("patient.withdraw_text")}</p>
      {save.isError ? <ProblemNote problem={asProblem(save.error)} /> : null}
    </Dialog>
  );
}

/** PatientHere lets a host say that the patient has come into the room: never without having told them who listens. */
export function PatientHere({ view }: { view: View }) {
  const { t } = useTranslation("call");
  const { t: common } = useTranslation("common");
  const announce = useAnnounce();
  const save = useConsent(view.id);
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState(consented(view));
  if (view.patient_present) return null;
  const close = () => { setAsking(false); };
  const go = () => { save.mutate({ patient_present: true, consent: true }, { onSuccess: () => { announce(t("patient.ticked_said")); close(); } }); };
  return (
    <>
      <Button wide onPress={() => { setTold(consented(view)); setAsking(true); }}><HeartHandshake aria-hidden />{t("controls.patient_here")}</Button>
      <Dialog
        title={t("patient.title")} isOpen={asking} onClose={close}
        actions={<><Button variant="primary" isDisabled={!told} busy={save.isPending} onPress={go}>{t("patient.show")}</Button><Button variant="quiet" onPress={close}>{common("cancel")}</Button></>}
      >
        <p>{t("patient.text")}</p>
        <Checkbox isSelected={told} onChange={setTold}>{t("patient.tick")}</Checkbox>
        {save.isError ? <ProblemNote problem={asProblem(save.error)} /> : null}
      </Dialog>
    </>
  );
}
