import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import type { Call } from "./Call";
import { useCall, useRoleWords } from "./useCall";

/** Door shows hosts who stands outside, and lets them in. */
export function Door({ call }: { call: Call }) {
  const { t } = useTranslation("call");
  const { outside } = useCall(call);
  const { place } = useRoleWords();
  if (outside.length === 0) return null;
  return (
    <ul className="door" aria-label={t("door.label")}>
      {outside.map((party) => {
        const id = `door-${party.key}`;
        return (
          <li key={party.key} className="door-row">
            <span id={id} className="door-who"><strong>{party.name}</strong> <span className="quiet">{place(party)}</span> {t("door.waits")}</span>
            <span className="row">
              <Button variant="primary" aria-describedby={id} onPress={() => { call.admit(party.key); }}>{t("door.admit")}</Button>
              <Button aria-describedby={id} onPress={() => { call.deny(party.key); }}>{t("door.refuse")}</Button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
