import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Button } from "../ui/Button";
import { Badge } from "../ui/FlagMark";
import { Time } from "../ui/Time";
import type { Call } from "./Call";
import { VerdictNote } from "./Check";
import { DeviceChoice } from "./DeviceChoice";
import { LanguageChoice } from "./LanguageChoice";
import { LevelBar } from "./LevelBar";
import { LineNote } from "./LineNote";
import { Face, Picture } from "./Picture";
import { useCall, useCapture, useRoleWords } from "./useCall";
import { useAwake } from "./useRoom";

type View = Schemas["ConferenceView"];

/** Waiting is the page outside: who will come, who will open, and that you are neither seen nor heard yet. */
export function Waiting({ call, view, name }: { call: Call; view: View; name: string }) {
  const { t } = useTranslation("call");
  useAwake();
  const { openers } = useCall(call);
  const { camera } = useCapture(call);
  const { named } = useRoleWords();
  const first = openers[0];
  const me = view.participants?.find((p) => p.you);
  return (
    <main className="outside">
      <LanguageChoice />
      <LineNote call={call} />
      <h1>{t("waiting.title")}</h1>
      <p className="outside-who" role="status">{first ? t("waiting.opener", { who: named(first) }) : t("waiting.nobody")}</p>
      <p className="quiet">
        {view.improvised ? null : <>{t("waiting.begins")} <Time at={view.start} as="day" />. </>}
        {me?.guest ? t("waiting.private") : t("waiting.visitor")} {t("waiting.keep_open")}
      </p>
      <Expected call={call} view={view} />
      <section className="outside-check" aria-label={t("waiting.check")}>
        <h2>{t("waiting.check")}</h2>
        <div className="outside-face">
          {camera.kind === "live" ? <Picture track={camera.track} mirrored label={t("check.own_picture")} /> : <Face name={name} />}
        </div>
        <LevelBar meter={call.capture.level} />
        <VerdictNote call={call} />
        <DeviceChoice call={call} />
      </section>
      <Button onPress={() => { call.leave(); }}>{t("waiting.leave")}</Button>
    </main>
  );
}

/** Expected names those who can open, by role, and says who of them is inside already. */
function Expected({ call, view }: { call: Call; view: View }) {
  const { t } = useTranslation("call");
  const { openers } = useCall(call);
  const { place, placeOf } = useRoleWords();
  const inside = openers.map((p) => ({ key: p.key, name: p.name, place: place(p), here: true }));
  const coming = (view.participants ?? [])
    .filter((p) => p.host && !p.revoked && p.reply !== "declined" && !openers.some((o) => o.key === p.key))
    .map((p) => ({ key: p.key, name: p.name, place: placeOf(p), here: false }));
  const all = [...inside, ...coming];
  if (all.length === 0) return null;
  return (
    <section className="expected" aria-label={t("waiting.expected")}>
      <h2>{t("waiting.expected")}</h2>
      <ul className="people">
        {all.map((who) => (
          <li key={who.key} className="people-row">
            <Face name={who.name} />
            <span className="people-who"><span className="people-name">{who.name}</span><span className="quiet small">{who.place}</span></span>
            <Badge tone={who.here ? "ok" : "grey"}>{t(who.here ? "waiting.is_inside" : "waiting.is_expected")}</Badge>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Connecting is the moment between the press and the room; asking: the browser wants a yes to the microphone first. */
export function Connecting({ call, asking = false }: { call: Call; asking?: boolean }) {
  const { t } = useTranslation("call");
  return (
    <main className="outside">
      <h1>{t("connecting.title")}</h1>
      <LineNote call={call} />
      <p className="quiet" role="status">{t(asking ? "verdict.asking_microphone" : "connecting.text")}</p>
      <Button onPress={() => { call.leave(); }}>{t("connecting.stop")}</Button>
    </main>
  );
}
