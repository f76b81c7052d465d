import { useLanguage, useWords } from "../i18n/words";
import { useClock } from "../ui/clock";
import type { Speech } from "./wording";

/** useSpeech gathers what sentences about people are made from. */
export function useSpeech(): Speech {
  const { now, zone } = useClock();
  return { word: useWords("common"), talk: useWords("talk"), language: useLanguage(), now, zone };
}
