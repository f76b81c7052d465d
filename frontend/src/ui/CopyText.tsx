import { Check, Copy } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "./Announcer";
import { Button } from "./Button";
import { TextField } from "./fields";

type Props = {
  text: string;
  /** What the text is, where it must be copied by hand: the browser keeps the clipboard closed, or there is none without https. */
  label: string;
  action: string;
  variant?: "primary";
  wide?: boolean;
  multiline?: boolean;
  /** What is shown as long as nothing must be copied by hand. */
  children?: ReactNode;
};

/** CopyText copies a text, or shows it to be copied by hand. */
export function CopyText({ text, label, action, variant, wide = false, multiline = false, children }: Props) {
  const { t } = useTranslation("common");
  const announce = useAnnounce();
  const [state, setState] = useState<{ text: string; how: "copied" | "by_hand" } | null>(null);
  const how = state?.text === text ? state.how : null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState({ text, how: "copied" });
      announce(t("copied"));
    } catch {
      setState({ text, how: "by_hand" });
    }
  };
  return (
    <>
      {how === "by_hand" ? <TextField label={label} value={text} multiline={multiline} isReadOnly /> : children}
      <div className="no-print">
        <Button variant={variant} wide={wide} onPress={() => { void copy(); }}>
          {how === "copied" ? <Check aria-hidden /> : <Copy aria-hidden />}{how === "copied" ? t("copied") : action}
        </Button>
      </div>
    </>
  );
}
