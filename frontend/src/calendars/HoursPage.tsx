import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Seen } from "../api/client";
import { asProblem } from "../api/problem";
import { useTitle } from "../frame/Plain";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, Skeleton } from "../ui/surfaces";
import "./calendars.css";
import { Confirm } from "./Confirm";
import { DayRows } from "./DayRows";
import { DaysOff } from "./DaysOff";
import { entriesOf, hoursOf, outside, right, same, tidy, total, wholeDay, type DaysAway, type Hours } from "./hours";
import "./hours.css";
import { PaintGrid } from "./PaintGrid";
import { hoursQuery, useResetHours, useSaveHours, type WorkingHours } from "./queries";
import { useLength } from "./useLength";

/** HoursPage paints one's own working hours by hand, in place of the region's. */
export function HoursPage() {
  const { t } = useTranslation(["calendars", "common"]);
  useTitle(t("calendars:hours"));
  const found = useQuery(hoursQuery);
  return (
    <div className="page feed-page stack">
      <p><Link href="/feeds" className="feed-back"><ArrowLeft aria-hidden />{t("calendars:feed.back")}</Link></p>
      <div className="stack-s">
        <h1>{t("calendars:hours")}</h1>
        <p className="quiet">{t("calendars:paint.text")} {found.data ? t("calendars:paint.zone", { zone: found.data.value.zone }) : null}</p>
      </div>
      {found.isPending ? <Skeleton label={t("common:loading")} cards={2} /> : null}
      {found.isError && !found.data ? <ProblemNote problem={asProblem(found.error)} onRetry={() => void found.refetch()} /> : null}
      {found.data ? <Editor key={found.data.etag} kept={found.data} /> : null}
    </div>
  );
}

/** The day as most people work it; the night is for those who do. */
const day = { from: 6 * 60, to: 22 * 60 };
const dayAndNight = { from: 0, to: wholeDay };

/** Editor begins afresh with every version of the hours: a save by another hand is not written over. */
function Editor({ kept }: { kept: Seen<WorkingHours> }) {
  const { t } = useTranslation("calendars");
  const length = useLength();
  const before = hoursOf(kept.value.hours ?? []);
  const daysBefore = kept.value.except ?? [];
  const [hours, setHours] = useState<Hours>(before);
  const [daysOff, setDaysOff] = useState<readonly DaysAway[]>(daysBefore);
  const [night, setNight] = useState(outside(before, day));
  const whole = hours.flat().every(right);
  const changed = !same(tidy(hours), before) || JSON.stringify(daysOff) !== JSON.stringify(daysBefore);
  return (
    <>
      <p>{kept.value.painted ? t("paint.mine") : t("paint.region")}</p>
      <div className="paint-part">
        <PaintGrid hours={tidy(hours)} shown={night ? dayAndNight : day} onPaint={setHours} />
        <p id="paint-hint" className="quiet small">{t("paint.hint")}</p>
        <Checkbox isSelected={night} onChange={setNight}>{t("paint.night")}</Checkbox>
      </div>
      <section className="stack-s" aria-labelledby="written">
        <h2 id="written">{t("paint.fields")}</h2>
        <DayRows
          hours={hours} onLeave={() => { if (whole) setHours(tidy(hours)); }}
          onWrite={(at, stretches) => { setHours(hours.map((s, i) => (i === at ? stretches : s))); }}
        />
        <p role="status"><strong>{t("paint.total", { length: length(total(tidy(hours))) })}</strong></p>
        {whole && total(hours) === 0 ? <Banner tone="amber">{t("paint.never")}</Banner> : null}
      </section>
      <DaysOff days={daysOff} onChange={setDaysOff} />
      <Ending kept={kept} hours={tidy(hours)} daysOff={daysOff} ready={whole && changed} />
    </>
  );
}

type EndingProps = { kept: Seen<WorkingHours>; hours: Hours; daysOff: readonly DaysAway[]; ready: boolean };

function Ending({ kept, hours, daysOff, ready }: EndingProps) {
  const { t } = useTranslation("calendars");
  const announce = useAnnounce();
  const [asked, setAsked] = useState(false);
  const save = useSaveHours();
  const reset = useResetHours();
  return (
    <>
      {save.isError ? <ProblemNote problem={asProblem(save.error)} /> : null}
      <div className="row paint-end">
        <Button
          variant="primary" isDisabled={!ready} busy={save.isPending}
          onPress={() => { save.mutate({ body: { hours: entriesOf(hours), except: [...daysOff] }, etag: kept.etag }, { onSuccess: () => { announce(t("paint.saved")); } }); }}
        >{t("paint.save")}</Button>
        {kept.value.painted ? <Button onPress={() => { setAsked(true); }}>{t("paint.reset")}</Button> : null}
      </div>
      {asked ? (
        <Confirm
          title={t("paint.reset_title")} text={t("paint.reset_text")} yes={t("paint.reset")} no={t("paint.keep")} busy={reset.isPending} error={reset.error}
          onYes={() => { reset.mutate(kept.etag, { onSuccess: () => { announce(t("paint.reset_done")); setAsked(false); } }); }}
          onClose={() => { setAsked(false); }}
        />
      ) : null}
    </>
  );
}
