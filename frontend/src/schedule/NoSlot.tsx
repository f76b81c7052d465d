import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import type { FindRequest, Rejected } from "./finder";
import { MeetNow } from "./MeetNow";
import { Relaxations } from "./SearchOptions";
import type { Search } from "./search";
import type { CaseDetail } from "./seats";
import { TellMe } from "./WaitingPart";
import { blockedWords, dayTimeWords, triedStarts, type Speech } from "./wording";

type NoSlotProps = { detail: CaseDetail; rejected: Rejected; request: FindRequest; search: Search; onRelax: (search: Search) => void; speech: Speech };

/** NoSlot says why no time suits, and what one change would gain. */
export function NoSlot({ detail, rejected, request, search, onRelax, speech }: NoSlotProps) {
  const { t } = useTranslation("schedule");
  const tried = triedStarts(rejected);
  const blocked = blockedWords(rejected, speech);
  return (
    <div className="stack find-none">
      <div>
        <h3>{t(search.until === null ? "none.title" : "none.soon", { time: dayTimeWords(search.until ?? request.window.to, speech) })}</h3>
        <p className="quiet">{tried === 0 ? t("none.no_window", { minutes: request.duration_min }) : t("none.in_window", { count: tried })}</p>
      </div>
      {blocked.length > 0 ? (
        <div className="stack-s">
          <p className="find-label">{t("none.way")}</p>
          <ul className="find-blocked">{blocked.map((text) => <li key={text}>{text}</li>)}</ul>
        </div>
      ) : null}
      {rejected.relax.length > 0
        ? <Relaxations relax={rejected.relax} search={search} onRelax={onRelax} speech={speech} title={t("none.help")} />
        : <p>{t("none.no_help")}</p>}
      <div className="row">
        {search.until === null ? null : <Button onPress={() => { onRelax({ ...search, until: null }); }}>{t("soon.undo")}</Button>}
        <MeetNow variant={search.until === null ? "secondary" : "primary"} />
      </div>
      <TellMe detail={detail} request={request} />
    </div>
  );
}
