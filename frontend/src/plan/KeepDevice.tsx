import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../api/client";
import { keys } from "../api/keys";
import { useLanguage } from "../i18n/words";
import { remembered, idOf, type Push } from "./device";
import { addDevice, reachQuery } from "./queries";

/**
 * KeepDevice shows nothing. It stands in the frame and sees to it that a device that was turned on stays so: browsers change the
 * subscription unasked. It asks nobody anything, and touches nothing that somebody else turned on here.
 */
export function KeepDevice({ push }: { push: Push }) {
  const queries = useQueryClient();
  const language = useLanguage();
  useEffect(() => {
    const again = () => { void renew(push, queries).catch(() => undefined); }; // tried again when the page is next opened
    again();
    return push.whenChanged(again);
  }, [push, queries]);
  useEffect(() => { void push.tellLanguage(language).catch(() => undefined); }, [push, language]);
  return null;
}

async function renew(push: Push, queries: QueryClient): Promise<void> {
  const known = remembered();
  if (known === null || !("Notification" in window) || Notification.permission !== "granted") return;
  const reach = await queries.fetchQuery(reachQuery);
  if (!reach.devices?.some((device) => device.id === known)) return;
  const device = await push.turnOn(reach.push_key);
  if (await idOf(device.endpoint) === known) return;
  await addDevice(device);
  await api.DELETE("/v1/reach/devices/{id}", { params: { path: { id: known } } });
  await queries.invalidateQueries({ queryKey: keys.reach });
}
