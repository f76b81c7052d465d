import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Checkbox, Choice } from "../ui/fields";
import type { Relaxation } from "./finder";
import { changeKey, lengths, withChange, withDuration, withoutChange, type Search } from "./search";
import type { CaseDetail } from "./seats";
import { useSpeech } from "./useSpeech";
import { changeWords, dayTimeWords, firstWords, gainWords, type Speech } from "./wording";

/** Most relaxations that are offered: more choices than that are none. */
const mostOffered = 4;

type SearchOptionsProps = {
  detail: CaseDetail;
  /** Minutes that the search now goes by. */
  duration: number;
  search: Search;
  onSearch: (search: Search) => void;
};

/** SearchOptions is what can be changed about a search, whatever it found. */
export function SearchOptions({ detail, duration, search, onSearch }: SearchOptionsProps) {
  const { t } = useTranslation("schedule");
  const speech = useSpeech(detail);
  const minutes = lengths.map((length) => ({ id: String(length), label: String(length) }));
  const late = Date.parse(detail.discharge) > speech.now.getTime();
  return (
    <section className="find-options stack" aria-labelledby="find-options">
      <h3 id="find-options">{t("options.title")}</h3>
      <Choice label={t("options.duration")} options={minutes} value={String(duration)} onChange={(id) => { onSearch(withDuration(search, Number(id))); }} />
      <div>
        <Checkbox isSelected={search.uncertain} onChange={(uncertain) => { onSearch({ ...search, uncertain }); }}>{t("options.uncertain")}</Checkbox>
        {late ? <Checkbox isSelected={search.after} onChange={(after) => { onSearch({ ...search, after }); }}>{t("options.after")}</Checkbox> : null}
      </div>
    </section>
  );
}

type RelaxationsProps = { relax: readonly Relaxation[]; search: Search; onRelax: (search: Search) => void; speech: Speech; title: string };

/** Relaxations are changes that would help, each with its gain. A press searches again with it. */
export function Relaxations({ relax, search, onRelax, speech, title }: RelaxationsProps) {
  if (relax.length === 0) return null;
  return (
    <div className="stack-s">
      <p className="find-label">{title}</p>
      <ul className="chips">
        {relax.slice(0, mostOffered).map((r) => (
          <li key={changeKey(r)}>
            <Button className="chip" onPress={() => { onRelax(withChange(search, r)); }}>
              <span className="chip-text">
                <span>{changeWords(r, speech)} <strong aria-hidden>+{r.gains}</strong></span>
                <span className="chip-gain"><span aria-hidden>{firstWords(r, speech)}</span><span className="sr-only">, {gainWords(r, speech)}</span></span>
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Applied are the changes that the search goes by. A press takes one back. */
export function Applied({ search, onChange, speech }: { search: Search; onChange: (search: Search) => void; speech: Speech }) {
  const { t } = useTranslation("schedule");
  if (search.changes.length === 0 && search.until === null) return null;
  return (
    <div className="stack-s">
      <p className="find-label">{t("options.applied")}</p>
      <ul className="chips">
        {search.until === null ? null : (
          <li>
            <Button className="chip chip-on" aria-label={t("options.undo", { change: t("soon.until", { time: dayTimeWords(search.until, speech) }) })} onPress={() => { onChange({ ...search, until: null }); }}>
              <span className="chip-text">{t("soon.until", { time: dayTimeWords(search.until, speech) })}</span>
              <X aria-hidden />
            </Button>
          </li>
        )}
        {search.changes.map((change) => {
          const words = changeWords(change, speech);
          return (
            <li key={changeKey(change)}>
              <Button className="chip chip-on" aria-label={t("options.undo", { change: words })} onPress={() => { onChange(withoutChange(search, change)); }}>
                <span className="chip-text">{words}</span>
                <X aria-hidden />
              </Button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
