import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "../ui/Announcer";
import { consultQuery } from "./queries";
import { farewellOf } from "./rings";

/** How long a word stays. */
const wordFor = 4_000;

/** The server may still be settling what became of the ring. */
const knownWithin = 8_000;

/** Farewell says why a ring stopped: somebody else took it, or the caller hung up. */
export function Farewell({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation("talk");
  const consult = useQuery({ ...consultQuery(id), staleTime: 0, refetchInterval: 1_500 }).data;
  const farewell = consult ? farewellOf(consult) : null;
  if (!farewell) return <Gone after={knownWithin} onDone={onDone} />;
  return <Said text={farewell.kind === "elsewhere" ? t("ring.elsewhere") : t(`ring.${farewell.kind}`, { name: farewell.name })} onDone={onDone} />;
}

/** Said is a short word in the corner. It takes no focus and goes by itself. */
export function Said({ text, onDone }: { text: string; onDone: () => void }) {
  const announce = useAnnounce();
  useEffect(() => { announce(text); }, [announce, text]);
  return (
    <p className="rings-said">
      {text}
      <Gone after={wordFor} onDone={onDone} />
    </p>
  );
}

/** Gone is a timer that belongs to what is shown. */
function Gone({ after, onDone }: { after: number; onDone: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onDone, after);
    return () => { clearTimeout(timer); };
    // The caller's function is another with each render; the time runs from the first.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [after]);
  return null;
}
