import { useLanguage, useWords } from "../i18n/words";
import { useClock } from "../ui/clock";
import type { CaseDetail } from "./seats";
import type { Speech } from "./wording";

/** useSpeech gathers what sentences about a case are made from. */
export function useSpeech(detail: CaseDetail): Speech {
  const { now, zone } = useClock();
  return { say: useWords("schedule"), word: useWords("common"), language: useLanguage(), now, zone, detail };
}
