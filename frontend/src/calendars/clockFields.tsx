import { Time as WallTime, type CalendarDate } from "@internationalized/date";
import { DateField, DateInput, DateSegment, FieldError, Label, TimeField } from "react-aria-components";
import "../ui/fields.css";
import { wholeDay } from "./hours";

export type MinutesFieldProps = {
  label: string;
  /** Minutes since 00:00; not a number while it is being written. */
  value: number;
  /** The end of a day is written as 00:00. */
  end?: boolean;
  wrong: boolean;
  onChange: (minutes: number) => void;
  onLeave: () => void;
};

/** MinutesField is a time of day, written. Its label is read out but not shown: the day stands beside it. */
export function MinutesField({ label, value, end = false, wrong, onChange, onLeave }: MinutesFieldProps) {
  const shown = Number.isNaN(value) ? null : new WallTime(Math.floor((value % wholeDay) / 60), value % 60);
  return (
    <TimeField
      className="field" value={shown} hourCycle={24} shouldForceLeadingZeros isInvalid={wrong} onBlur={onLeave}
      onChange={(time) => {
        const minutes = time ? time.hour * 60 + time.minute : Number.NaN;
        onChange(end && minutes === 0 ? wholeDay : minutes);
      }}
    >
      <Label className="sr-only">{label}</Label>
      <DateInput className="field-input field-date">{(segment) => <DateSegment segment={segment} className="field-segment" />}</DateInput>
    </TimeField>
  );
}

export type DayFieldProps = { label: string; value: CalendarDate | null; error?: string | undefined; onChange: (day: CalendarDate | null) => void };

export function DayField({ label, value, error, onChange }: DayFieldProps) {
  return (
    <DateField<CalendarDate> className="field" granularity="day" value={value} isInvalid={Boolean(error)} onChange={onChange}>
      <Label className="field-label">{label}</Label>
      <DateInput className="field-input field-date">{(segment) => <DateSegment segment={segment} className="field-segment" />}</DateInput>
      <FieldError className="field-error">{error}</FieldError>
    </DateField>
  );
}
