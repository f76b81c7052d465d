import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/words";
import { Button, ButtonLink } from "../ui/Button";
import { FlagMark, type Level } from "../ui/FlagMark";
import { Time } from "../ui/Time";
import type { Flag, Line } from "./flags";

/** flagText says what is missing, in a sentence. names gives people by id where the page knows them, role the word for one. */
export function flagText(flag: Flag, told: boolean, names: Record<string, string>, role: (code: string) => string, t: TFunction<"board">): string {
  const params = flag.params ?? {};
  switch (flag.code) {
    case "RECEIVER_UNTOLD": return t(told ? "flag.RECEIVER_UNTOLD_told" : "flag.RECEIVER_UNTOLD");
    case "CAL_STALE": {
      const name = names[params["person"] ?? ""] ?? t("flag.somebody");
      return t(flag.level === "grey" ? "flag.CAL_STALE_unknown" : "flag.CAL_STALE", { name });
    }
    case "SEAT_DECLINED":
    case "CLASH": {
      const name = names[params["person"] ?? ""];
      const who = params["role"] ? role(params["role"]) : t("flag.somebody");
      return t(`flag.${flag.code}`, { who: name ? `${name}, ${who},` : who });
    }
    case "RECEIVER_LATE":
    case "NO_MEETING":
    case "NO_PRIMARY":
    case "NO_GP":
    case "FRIDAY_PM":
    case "WEEKEND":
    case "LATE_HOUR":
      return t(`flag.${flag.code}`);
  }
  return flag.code.toLowerCase().replaceAll("_", " ");
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export type FlagLineProps = {
  line: Line;
  told: boolean;
  names?: Record<string, string>;
  /** What the button does when it writes or opens a dialog. */
  onDeed: (kind: "acknowledge" | "tell" | "edit_discharge") => void;
  /** On a page that holds the search itself the button opens it there. */
  onFind?: () => void;
  busy: string | null;
};

/** FlagLine is one reason to worry: shape, word, since when, and the one thing that mends it. */
export function FlagLine({ line, told, names = {}, onDeed, onFind, busy }: FlagLineProps) {
  const { t } = useTranslation("board");
  const word = useWords("common");
  const { flag, deed } = line;
  const level = flag.level as Level;
  return (
    <li className={`flag flag-${level}`}>
      <FlagMark level={level} />
      <div className="flag-text">
        <div><span className="flag-word">{t(`level.${level}`)}</span> {upperFirst(flagText(flag, told, names, (code) => word("role", code), t))}</div>
        <div className="quiet small">{t("since")} <Time at={flag.since} as="day" /></div>
      </div>
      {deed ? <DeedButton deed={deed} urgent={level === "red"} onDeed={onDeed} onFind={onFind} busy={busy} /> : null}
    </li>
  );
}

function DeedButton({ deed, urgent, onDeed, onFind, busy }: Pick<FlagLineProps, "onDeed" | "onFind" | "busy"> & { deed: NonNullable<Line["deed"]>; urgent: boolean }) {
  const { t } = useTranslation("board");
  const label = t(`action.${deed.kind}`);
  if (deed.kind === "find_time" && onFind) return <Button className="flag-action" variant={urgent ? "primary" : "secondary"} onPress={onFind}>{label}</Button>;
  if ("href" in deed) return <ButtonLink className="flag-action" variant={deed.kind === "find_time" && urgent ? "primary" : "secondary"} href={deed.href}>{label}</ButtonLink>;
  const kind = deed.kind;
  return (
    <Button className="flag-action" variant={kind !== "edit_discharge" && urgent ? "primary" : "secondary"} busy={busy === kind} onPress={() => { onDeed(kind); }}>
      {label}
    </Button>
  );
}
