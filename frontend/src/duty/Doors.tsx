import { useQuery } from "@tanstack/react-query";
import { DoorClosed, DoorOpen } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { asProblem } from "../api/problem";
import { Button, ButtonLink } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { doorsQuery, useEnterDoor, type Door } from "./queries";
import { ReachMark } from "./ReachMark";
import { useSpeech } from "./useSpeech";
import { placeWords, reachWords } from "./wording";

/** Doors are the standing rooms of the local teams: one's own is walked into, at others' doors one knocks. */
export function Doors() {
  const { t } = useTranslation("talk");
  const doors = useQuery(doorsQuery);
  if (asProblem(doors.error).status === 403) return null; // whoever belongs to no team
  if (doors.isError) return <ProblemNote problem={asProblem(doors.error)} onRetry={() => void doors.refetch()} />;
  if (!doors.data || doors.data.length === 0) return null;
  return (
    <section className="talk-part" aria-labelledby="doors">
      <h2 id="doors">{t("door.title")}</h2>
      <p className="quiet small">{t("door.text")}</p>
      <ul className="talk-list">{doors.data.map((door) => <DoorRow key={door.unit.id} door={door} />)}</ul>
    </section>
  );
}

function DoorRow({ door }: { door: Door }) {
  const { t } = useTranslation("talk");
  const speech = useSpeech();
  const [, navigate] = useLocation();
  const enter = useEnterDoor();
  const inside = door.inside ?? [];
  const shut = !door.mine && (inside.length === 0 || !door.path);
  const place = placeWords(door.unit);
  const walkIn = () => { enter.mutate(door.unit.id, { onSuccess: ({ path }) => { navigate(path); } }); };
  return (
    <li className="talk-item">
      <div className="talk-item-text">
        <p><strong>{place}</strong></p>
        <p className="small">{inside.length > 0 ? `${t("door.inside", { count: inside.length })}: ${inside.map((p) => p.name).join(", ")}` : <span className="quiet">{t("door.empty")}</span>}</p>
        <ul className="door-team" aria-label={t("door.team")}>
          {(door.team ?? []).map((p) => (
            <li key={p.person.id} title={p.inside ? t("door.is_inside") : reachWords(p.reach, speech)}>
              <ReachMark state={p.inside ? "free" : p.reach.state} label={p.inside ? t("door.is_inside") : reachWords(p.reach, speech)} />
              <span>{p.person.name}</span>
            </li>
          ))}
        </ul>
        {door.mine ? null : <p className="small quiet">{t(shut ? "door.nobody_to_open" : "door.knock_hint")}</p>}
        {enter.isError ? <ProblemNote problem={asProblem(enter.error)} /> : null}
      </div>
      {door.mine ? <Button busy={enter.isPending} onPress={walkIn} aria-label={`${t("door.enter")}, ${place}`}><DoorOpen aria-hidden />{t("door.enter")}</Button> : null}
      {!door.mine && !shut && door.path ? <ButtonLink href={door.path} aria-label={`${t("door.knock")}, ${place}`}><DoorClosed aria-hidden />{t("door.knock")}</ButtonLink> : null}
    </li>
  );
}
