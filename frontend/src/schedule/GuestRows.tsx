import { useTranslation } from "react-i18next";
import { Checkbox, Choice, TextField } from "../ui/fields";
import { mistakeIn, withGuest, type Draft, type GuestDraft } from "./draft";
import { guestSeats, type Seat } from "./seats";
import { seatWord, type Speech } from "./wording";

type GuestRowsProps = { seats: readonly Seat[]; draft: Draft; speech: Speech; onChange: (draft: Draft) => void };

/** GuestRows offers seats to those who come by a personal link: patient, next of kin, interpreter. */
export function GuestRows({ seats, draft, speech, onChange }: GuestRowsProps) {
  const { t } = useTranslation("schedule");
  const rows = guestSeats(seats).flatMap((seat) => {
    const guest = draft.guests[seat.id];
    return guest ? [{ seat, guest }] : [];
  });
  if (rows.length === 0) return null;
  return (
    <section className="stack-s" aria-labelledby="book-guests">
      <h3 id="book-guests">{t("dialog.guests")}</h3>
      <ul className="book-seats">
        {rows.map(({ seat, guest }) => (
          <li key={seat.id} className="book-seat">
            <Checkbox isSelected={guest.on} onChange={(on) => { onChange(withGuest(draft, seat.id, { on })); }}>{t("dialog.offer", { seat: seatWord(seat.id, speech) })}</Checkbox>
            {guest.on ? <GuestFields guest={guest} onChange={(change) => { onChange(withGuest(draft, seat.id, change)); }} /> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function GuestFields({ guest, onChange }: { guest: GuestDraft; onChange: (change: Partial<GuestDraft>) => void }) {
  const { t } = useTranslation(["schedule", "common"]);
  const mistake = mistakeIn(guest);
  return (
    <div className="book-guest stack">
      <TextField
        label={t("schedule:dialog.guest_name")} hint={t("schedule:dialog.guest_name_hint")} maxLength={80} isRequired value={guest.name}
        onChange={(name) => { onChange({ name }); }} error={mistake === "name" ? t("schedule:dialog.guest_name_missing") : undefined}
      />
      <TextField
        label={`${t("schedule:dialog.guest_email")} (${t("common:optional")})`} hint={t("schedule:dialog.guest_email_hint")} type="email" maxLength={254} value={guest.email}
        onChange={(email) => { onChange({ email }); }} error={mistake === "email" ? t("schedule:dialog.guest_email_wrong") : undefined}
      />
      <Choice
        label={t("schedule:dialog.guest_language")} value={guest.language} onChange={(language) => { onChange({ language }); }}
        options={[{ id: "nb", label: t("schedule:dialog.language_nb") }, { id: "en", label: t("schedule:dialog.language_en") }]}
      />
    </div>
  );
}
