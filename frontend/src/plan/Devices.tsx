import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Badge, FlagMark } from "../ui/FlagMark";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import { remembered, type Push } from "./device";
import { useForget } from "./queries";

type Device = Schemas["DeviceView"];

/** Devices are the phones and PCs that ring when no page is open. */
export function Devices({ push, devices }: { push: Push; devices: readonly Device[] }) {
  const { t } = useTranslation("plan");
  const [removing, setRemoving] = useState<Device | null>(null);
  const here = remembered();
  const name = useName();
  return (
    <section className="stack-s" aria-labelledby="devices">
      <h2 id="devices">{t("devices.title")}</h2>
      {devices.length === 0 ? <p className="quiet">{t("devices.none")}</p> : null}
      <ul className="reach-devices">
        {devices.map((device) => (
          <li key={device.id} className="reach-device">
            <div>
              <h3>{name(device)}{device.id === here ? <> <Badge tone="accent">{t("devices.this")}</Badge></> : null}</h3>
              <p className="quiet small">
                {t("devices.added")} <Time at={device.added_at} as="since" /> · {device.last_ok ? <>{t("devices.reached")} <Time at={device.last_ok} as="since" /></> : t("devices.never")}
              </p>
              {device.failing ? <p className="plan-line small"><FlagMark level="amber" /><span>{device.id === here ? t("devices.failing_here") : t("devices.failing")}</span></p> : null}
            </div>
            <Button variant="quiet" aria-label={t("devices.remove_named", { name: name(device) })} onPress={() => { setRemoving(device); }}>{t("devices.remove")}</Button>
          </li>
        ))}
      </ul>
      {removing ? <Removing device={removing} here={removing.id === here} push={push} onClose={() => { setRemoving(null); }} /> : null}
    </section>
  );
}

/** useName: a browser that hides what it is has no name. */
function useName(): (device: Device) => string {
  const { t } = useTranslation("plan");
  return ({ name }) => (name === "?" ? t("devices.unnamed") : name);
}

/** Removing asks once more: from another device it cannot be taken back. */
function Removing({ device, here, push, onClose }: { device: Device; here: boolean; push: Push; onClose: () => void }) {
  const { t } = useTranslation(["plan", "common"]);
  const announce = useAnnounce();
  const name = useName();
  const forget = useForget(push);
  const go = () => { forget.mutate({ id: device.id, here }, { onSuccess: () => { announce(t("plan:devices.removed")); onClose(); } }); };
  return (
    <Dialog
      title={t("plan:devices.remove_named", { name: name(device) })} role="alertdialog" isOpen onClose={onClose}
      actions={<><Button variant="danger" busy={forget.isPending} onPress={go}>{t("plan:devices.remove")}</Button><Button variant="quiet" onPress={onClose}>{t("common:cancel")}</Button></>}
    >
      <p>{t("plan:devices.remove_text")}</p>
      {forget.isError ? <ProblemNote problem={asProblem(forget.error)} /> : null}
    </Dialog>
  );
}
