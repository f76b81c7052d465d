import { useLanguage, useWords } from "../i18n/words";
import { useClock } from "../ui/clock";
import type { Speech } from "./wording";

/** useSpeech gathers what sentences about duty plans are made from. */
export function useSpeech(): Speech {
  const { now, zone } = useClock();
  return { say: useWords("plan"), word: useWords("common"), talk: useWords("talk"), language: useLanguage(), now, zone };
}
