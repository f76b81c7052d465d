import type { i18n } from "i18next";
import type { Words } from "../i18n/words";
import type { Language } from "../ui/time";
import type { Speech } from "./wording";

/** speechIn is how tests speak: on Friday 27 November 2026 at 12:47 in Oslo. */
export function speechIn(language: Language, speaker: i18n): Speech {
  const words = (namespace: "talk" | "common"): Words => {
    const lookUp = speaker.getFixedT(language, namespace) as unknown as (key: string, options: Record<string, unknown>) => string;
    return (group, code, values) => lookUp(`${group}.${code}`, { defaultValue: code.replaceAll("_", " "), ...values });
  };
  return { say: words("talk"), word: words("common"), language, now: new Date("2026-11-27T11:47:00Z"), zone: "Europe/Oslo" };
}
