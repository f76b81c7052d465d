import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Button, ButtonLink } from "../ui/Button";
import { clock } from "../ui/time";
import { callingAddress } from "./calling";
import { forgetOwn, ownCalls } from "./ownCalls";
import type { Consult, Consults } from "./queries";
import { useSpeech } from "./useSpeech";
import { soughtWords } from "./wording";

/** OwnCalls follows what this tab has asked for while the person is on another page, and goes to the call when somebody answers. */
export function OwnCalls({ view, inCall }: { view: Consults | undefined; inCall: boolean }) {
  const [path, navigate] = useLocation();
  const [, setDropped] = useState(0);
  const own = new Set(ownCalls());
  const mine = [...(view?.calling ?? []), ...(view?.recent ?? [])].filter((c) => own.has(c.id) && c.you === "caller" && path !== `/talk/${c.id}`);
  const answered = mine.find((c) => c.state === "connected");
  const conference = answered && !inCall ? answered.conference : undefined;
  const id = answered?.id;
  useEffect(() => {
    if (!conference || !id) return;
    forgetOwn(id);
    navigate(callingAddress(conference));
  }, [conference, id, navigate]);
  const drop = (consult: Consult) => {
    forgetOwn(consult.id);
    setDropped((n) => n + 1);
  };
  return mine.filter((c) => path !== `/call/${c.conference}`).map((c) => <OwnCall key={c.id} consult={c} onDrop={() => { drop(c); }} />);
}

function OwnCall({ consult, onDrop }: { consult: Consult; onDrop: () => void }) {
  const { t } = useTranslation(["talk", "common"]);
  const speech = useSpeech();
  const who = soughtWords(consult, speech);
  const line = () => {
    switch (consult.state) {
      case "ringing": return t("talk:own.ringing", { who });
      case "promised": return consult.promise ? t("talk:own.promised", { who: consult.promise.by.name, time: clock(new Date(consult.promise.at), speech.zone) }) : null;
      case "missed": return t("talk:own.missed", { who });
      case "connected": return t("talk:calling.connected", { name: consult.taken_by?.name ?? who });
      case "cancelled":
      case "ended": return null;
    }
  };
  const words = line();
  if (!words) return null;
  return (
    <div className="own-call">
      <p>{words}</p>
      <ButtonLink href={consult.state === "connected" ? callingAddress(consult.conference) : `/talk/${consult.id}`}>{t("talk:own.open")}</ButtonLink>
      {consult.state === "missed" ? <Button variant="quiet" icon aria-label={t("common:close")} onPress={onDrop}><X aria-hidden /></Button> : null}
    </div>
  );
}
