import { useLanguage, useWords } from "../i18n/words";
import { useClock } from "../ui/clock";
import type { Speech } from "./wording";

/** useSpeech gathers what sentences about duty and rings are made from. */
export function useSpeech(): Speech {
  const { now, zone } = useClock();
  return { say: useWords("talk"), word: useWords("common"), language: useLanguage(), now, zone };
}
