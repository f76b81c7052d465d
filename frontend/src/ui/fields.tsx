import {
  Button as AriaButton, Checkbox as AriaCheckbox, type CheckboxProps, DateField as AriaDateField, DateInput, DateSegment,
  type DateFieldProps, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Radio, RadioGroup, type RadioGroupProps,
  SearchField as AriaSearchField, Select as AriaSelect, SelectValue, Text, TextArea as AriaTextArea, TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from "react-aria-components";
import type { DateValue, ZonedDateTime } from "@internationalized/date";
import { Check, ChevronDown, Search } from "lucide-react";
import type { ReactNode } from "react";
import "./fields.css";

type Labelled = { label: string; hint?: string; error?: string };

export type TextFieldProps = Omit<AriaTextFieldProps, "className" | "style" | "children"> & Labelled & { placeholder?: string; multiline?: boolean };

export function TextField({ label, hint, error, placeholder, multiline, ...rest }: TextFieldProps) {
  return (
    <AriaTextField {...rest} isInvalid={rest.isInvalid ?? Boolean(error)} className="field">
      <Label className="field-label">{label}</Label>
      {hint ? <Text slot="description" className="field-hint">{hint}</Text> : null}
      {multiline ? <AriaTextArea className="field-input field-area" rows={3} placeholder={placeholder} /> : <Input className="field-input" placeholder={placeholder} />}
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
  );
}

export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <AriaSearchField value={value} onChange={onChange} className="field">
      <Label className="field-label">{label}</Label>
      <div className="field-search">
        <Search aria-hidden />
        <Input className="field-input" />
      </div>
    </AriaSearchField>
  );
}

export type Option<K extends string = string> = { id: K; label: string; detail?: string };

export type SelectProps<K extends string> = Labelled & {
  options: readonly Option<K>[];
  value: K | null;
  onChange: (value: K) => void;
  placeholder?: string;
  /** The label is read out but not shown. */
  labelHidden?: boolean;
  isRequired?: boolean;
};

export function Select<K extends string>({ label, hint, error, options, value, onChange, placeholder, labelHidden, isRequired }: SelectProps<K>) {
  return (
    <AriaSelect
      className="field"
      value={value}
      onChange={(key) => { const chosen = options.find((o) => o.id === key); if (chosen) onChange(chosen.id); }}
      placeholder={placeholder ?? ""}
      isInvalid={Boolean(error)}
      isRequired={isRequired}
    >
      <Label className={labelHidden ? "sr-only" : "field-label"}>{label}</Label>
      {hint ? <Text slot="description" className="field-hint">{hint}</Text> : null}
      <AriaButton className="field-input field-select">
        <SelectValue className="field-select-value" />
        <ChevronDown aria-hidden />
      </AriaButton>
      <FieldError className="field-error">{error}</FieldError>
      <Popover className="popover">
        <ListBox className="listbox" items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className="listbox-item">
              {({ isSelected }) => (
                <>
                  <span className="listbox-text">
                    <span>{option.label}</span>
                    {option.detail ? <span className="quiet small">{option.detail}</span> : null}
                  </span>
                  {isSelected ? <Check aria-hidden /> : null}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function Checkbox({ children, ...rest }: Omit<CheckboxProps, "className" | "style" | "children"> & { children: ReactNode }) {
  return (
    <AriaCheckbox {...rest} className="checkbox">
      <span className="checkbox-box" aria-hidden><Check /></span>
      <span>{children}</span>
    </AriaCheckbox>
  );
}

export type ChoiceProps<K extends string> = Omit<RadioGroupProps, "className" | "style" | "children" | "value" | "onChange"> & {
  label: string;
  hint?: string;
  labelHidden?: boolean;
  options: readonly Option<K>[];
  value: K | null;
  onChange: (value: K) => void;
};

/** Choice is one of a few, all of them in sight. */
export function Choice<K extends string>({ label, hint, labelHidden, options, value, onChange, ...rest }: ChoiceProps<K>) {
  return (
    <RadioGroup
      {...rest}
      className="field"
      orientation="horizontal"
      value={value}
      onChange={(key) => { const chosen = options.find((o) => o.id === key); if (chosen) onChange(chosen.id); }}
    >
      <Label className={labelHidden ? "sr-only" : "field-label"}>{label}</Label>
      {hint ? <Text slot="description" className="field-hint">{hint}</Text> : null}
      <div className="choice">
        {options.map((o) => (
          <Radio key={o.id} value={o.id} className="choice-option">{o.label}</Radio>
        ))}
      </div>
    </RadioGroup>
  );
}

export function DateTimeField({ label, hint, error, ...rest }: Omit<DateFieldProps<ZonedDateTime>, "className" | "style" | "children"> & Labelled) {
  return (
    <AriaDateField<DateValue> {...(rest as DateFieldProps<DateValue>)} granularity="minute" hourCycle={24} hideTimeZone isInvalid={Boolean(error)} className="field">
      <Label className="field-label">{label}</Label>
      {hint ? <Text slot="description" className="field-hint">{hint}</Text> : null}
      <DateInput className="field-input field-date">{(segment) => <DateSegment segment={segment} className="field-segment" />}</DateInput>
      <FieldError className="field-error">{error}</FieldError>
    </AriaDateField>
  );
}
