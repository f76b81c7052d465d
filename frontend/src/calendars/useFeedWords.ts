import { useTranslation } from "react-i18next";
import { useLanguage, useWords } from "../i18n/words";
import { useClock } from "../ui/clock";
import { clock } from "../ui/time";
import { dayWords, distanceWords } from "../ui/Time";
import type { Feed } from "./feeds";

/** useFeedWords says what a feed is called, why it fails and how long ago something was. */
export function useFeedWords() {
  const { t } = useTranslation(["calendars", "common"]);
  const common = useTranslation("common").t;
  const word = useWords("common");
  const language = useLanguage();
  const { now, zone } = useClock();
  return {
    /** from: "from calendar.example", "from a file". */
    from: (feed: Feed) => t(`calendars:origin.${feed.origin}`, { address: feed.address || t("calendars:origin.own_server") }),
    why: (code: string) => (code === "address_lost" ? t("calendars:why_lost") : word("why", code || "never_read")),
    /** day: "today 07:10". */
    day: (at: string) => `${dayWords(new Date(at), now, zone, language, common)} ${clock(new Date(at), zone)}`,
    age: (at: string | undefined) => (at ? distanceWords(new Date(at), now, common) : t("common:unknown")),
  };
}
