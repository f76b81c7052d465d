import { now as currentTime, toCalendarDateTime, toZoned, type ZonedDateTime } from "@internationalized/date";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import { answer, api, newKey, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import type { Session } from "../api/session";
import { useTitle } from "../frame/Plain";
import { Button, ButtonLink } from "../ui/Button";
import { useClock } from "../ui/clock";
import { Checkbox, Choice, DateTimeField, Select, TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { Banner, Skeleton } from "../ui/surfaces";
import { certainties } from "./EditDischarge";
import { checkNote, noteLimit } from "./note";
import { unitsQuery } from "./queries";
import { destinations, municipalities, receiversIn, type Destination } from "./receivers";

const languages = ["se", "en", "uk", "ar", "pl", "fi"] as const;

/** useNoteHelp says how much room is left, or what the note must not hold. */
export function useNoteHelp(text: string): { hint: string; error: string | undefined } {
  const { t } = useTranslation("board");
  const fault = checkNote(text);
  const left = noteLimit - [...text.trim()].length;
  const hint = left > 60 ? t("form.note_hint") : t("form.note_left", { count: Math.max(left, 0) });
  switch (fault?.kind) {
    case "number": return { hint, error: t("form.note_number") };
    case "long": return { hint, error: t("form.note_long", { count: fault.by }) };
    case undefined: return { hint, error: undefined };
  }
}

function tomorrowNoon(at: Date, zone: string): ZonedDateTime {
  const shift = at.getTime() - Date.now();
  const noon = toCalendarDateTime(currentTime(zone).add({ milliseconds: shift, days: 1 })).set({ hour: 12, minute: 0, second: 0, millisecond: 0 });
  return toZoned(noon, zone);
}

/** NewCase opens a case in under a minute: six answers, no names. */
export function NewCase({ session }: { session: Session }) {
  const { t } = useTranslation(["board", "common"]);
  useTitle(t("board:form.title"));
  const units = useQuery(unitsQuery);
  const { now, zone } = useClock();
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const [key] = useState(newKey);
  const [origin, setOrigin] = useState(search.get("unit") ?? session.units?.[0]?.id ?? "");
  const [destination, setDestination] = useState<Destination>("home");
  const [municipality, setMunicipality] = useState("");
  const [receiver, setReceiver] = useState("");
  const [discharge, setDischarge] = useState<ZonedDateTime | null>(() => tomorrowNoon(now, zone));
  const [certainty, setCertainty] = useState<(typeof certainties)[number]>("medium");
  const [complex, setComplex] = useState(true);
  const [language, setLanguage] = useState("");
  const [note, setNote] = useState("");
  const [asked, setAsked] = useState(false);
  const help = useNoteHelp(note);
  const receivers = receiversIn(units.data ?? [], municipality, destination);
  const chosenReceiver = receivers.find((u) => u.id === receiver)?.id ?? receivers[0]?.id ?? "";
  const create = useMutation({
    mutationFn: (body: Schemas["NewCase"]) => answer(api.POST("/v1/cases", { params: { header: { "Idempotency-Key": key } }, body })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: keys.boards });
      navigate(`/cases/${made.id}?find=1`);
    },
  });
  const ready = origin && municipality && chosenReceiver && discharge && !checkNote(note);
  const submit = () => {
    setAsked(true);
    if (!ready) return;
    create.mutate({
      origin, municipality, receiver: chosenReceiver, destination, discharge: discharge.toDate().toISOString(), certainty, complex,
      ...(language ? { language } : {}), ...(note.trim() ? { note: note.trim() } : {}),
    });
  };
  const named = (u: Schemas["UnitRef"]) => ({ id: u.id, label: u.name, detail: u.organization });
  return (
    <div className="page page-narrow stack">
      <div className="stack-s">
        <h1>{t("board:form.title")}</h1>
        <p className="quiet">{t("board:form.text")}</p>
      </div>
      {units.isPending ? <Skeleton label={t("common:loading")} /> : null}
      {units.isError ? <ProblemNote problem={asProblem(units.error)} onRetry={() => void units.refetch()} /> : null}
      {units.data ? (
        <form className="stack form" noValidate onSubmit={(e) => { e.preventDefault(); submit(); }}>
          <Select label={t("board:form.origin")} options={(session.units ?? []).map(named)} value={origin} onChange={setOrigin} />
          <Choice label={t("board:form.destination")} options={destinations.map((id) => ({ id, label: t(`board:destination.${id}`) }))} value={destination} onChange={setDestination} />
          <Select label={t("board:form.municipality")} placeholder={t("board:form.choose")} options={municipalities(units.data).map(named)} value={municipality || null} onChange={setMunicipality} />
          {municipality ? <Select label={t("board:form.receiver")} options={receivers.map(named)} value={chosenReceiver} onChange={setReceiver} /> : null}
          <DateTimeField label={t("board:form.discharge")} value={discharge} onChange={(v) => { setDischarge(v as ZonedDateTime | null); }} />
          <Choice label={t("board:certainty.label")} options={certainties.map((id) => ({ id, label: t(`board:certainty.${id}`) }))} value={certainty} onChange={setCertainty} />
          <Checkbox isSelected={complex} onChange={setComplex}>{t("board:complex")}</Checkbox>
          <Checkbox isSelected={language !== ""} onChange={(on) => { setLanguage(on ? "se" : ""); }}>{t("board:form.interpreter")}</Checkbox>
          {language ? <Select label={t("board:form.language")} options={languages.map((id) => ({ id, label: t(`board:language.${id}`) }))} value={language as "se"} onChange={setLanguage} /> : null}
          <TextField multiline label={`${t("board:form.note")} (${t("common:optional")})`} hint={help.hint} error={help.error} value={note} onChange={setNote} />
          {asked && !ready ? <Banner tone="red">{t("board:form.missing")}</Banner> : null}
          {create.isError ? <ProblemNote problem={asProblem(create.error)} /> : null}
          <div className="row">
            <Button variant="primary" type="submit" busy={create.isPending}>{t("board:form.create")}</Button>
            <ButtonLink variant="quiet" href="/">{t("common:cancel")}</ButtonLink>
          </div>
        </form>
      ) : null}
    </div>
  );
}
