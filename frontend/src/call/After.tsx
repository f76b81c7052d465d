import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button, ButtonLink } from "../ui/Button";
import type { Call } from "./Call";
import type { EndedBy } from "./state";

/** After is the calm page behind the call: why you are here, how to get back, what to paste into the record, and who was there. */
export function After({ call, by, home, record, children }: { call: Call; by: EndedBy | null; home: string | null; record?: ReactNode; children?: ReactNode }) {
  const { t } = useTranslation("call");
  return (
    <main className="after">
      <div className="stack-s">
        <h1>{t(by ? `ended.${by}` : "after.title")}</h1>
        <p className="quiet">{t(by ? `ended_hint.${by}` : "after.text")}</p>
      </div>
      <div className="row">
        {mayReturn(by) ? <Button variant="primary" className="after-again" onPress={() => { call.again(); }}>{t("after.again")}</Button> : null}
        {home ? <ButtonLink href={home}>{t("after.meeting")}</ButtonLink> : null}
      </div>
      {record}
      {children}
    </main>
  );
}

function mayReturn(by: EndedBy | null): boolean {
  switch (by) {
    case null:
    case "refused":
    case "replaced":
    case "full":
    case "failed":
      return true;
    case "removed":
    case "ended":
    case "signed_out":
    case "old_page":
      return false;
  }
}
