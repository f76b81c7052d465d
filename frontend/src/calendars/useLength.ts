import { useTranslation } from "react-i18next";

/** useLength writes minutes as people say them: "45 min", "37 h 30", "38 h". */
export function useLength(): (minutes: number) => string {
  const { t } = useTranslation("calendars");
  return (minutes) => {
    const hours = Math.floor(minutes / 60);
    const rest = Math.round(minutes % 60);
    if (hours === 0) return t("length.minutes", { minutes: rest });
    return rest === 0 ? t("length.hours", { hours }) : t("length.hours_minutes", { hours, minutes: String(rest).padStart(2, "0") });
  };
}
