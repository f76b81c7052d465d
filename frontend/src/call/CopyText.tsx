import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { TextField } from "../ui/fields";

/** CopyText copies a text, or shows it where the browser keeps the clipboard closed. */
export function CopyText({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation(["call", "common"]);
  const announce = useAnnounce();
  const [state, setState] = useState<{ text: string; how: "copied" | "by_hand" } | null>(null);
  const how = state?.text === text ? state.how : null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState({ text, how: "copied" });
      announce(t("common:copied"));
    } catch {
      setState({ text, how: "by_hand" });
    }
  };
  if (state?.how === "by_hand") return <TextField label={label} value={text} multiline isReadOnly />;
  return (
    <Button onPress={() => { void copy(); }}>
      {how === "copied" ? <Check aria-hidden /> : <Copy aria-hidden />}{how === "copied" ? t("common:copied") : t("call:lines.copy")}
    </Button>
  );
}
