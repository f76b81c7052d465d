import { useState } from "react";
import { Form } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../api/problem";
import { Button } from "../ui/Button";
import { TextField } from "../ui/fields";
import { ProblemNote } from "../ui/ProblemNote";
import { Card } from "../ui/surfaces";
import { bare, isWhole } from "./code";
import { useFindByCode } from "./queries";

/** CodeEntry is for whoever was given a code by word of mouth: it leads to the same page as the link would have. */
export function CodeEntry() {
  const { t } = useTranslation("call");
  const find = useFindByCode();
  const [code, setCode] = useState("");
  const [short, setShort] = useState(false);
  const problem = find.isError ? asProblem(find.error) : null;
  const unknown = problem !== null && isUnknown(problem);
  const go = () => {
    setShort(!isWhole(code));
    // The token goes the way of a link's: out of the address at once, kept for a reload.
    if (isWhole(code)) find.mutate(bare(code), { onSuccess: ({ token }) => { location.hash = token; } });
  };
  return (
    <Card labelledBy="code-entry" className="stack-s">
      <h2 id="code-entry">{t("join.code_title")}</h2>
      <Form className="stack" onSubmit={(event) => { event.preventDefault(); go(); }}>
        <TextField
          label={t("join.code_label")} hint={t("join.code_hint")} value={code} onChange={setCode} error={short ? t("join.code_short") : unknown ? t("join.code_unknown") : undefined}
          validationBehavior="aria" autoComplete="off" spellCheck="false" maxLength={20}
        />
        <Button variant="primary" wide type="submit" busy={find.isPending}>{t("join.code_go")}</Button>
      </Form>
      {problem && !unknown ? <ProblemNote problem={problem} /> : null}
    </Card>
  );
}

function isUnknown(problem: Problem): boolean {
  return problem.status === 404 || problem.status === 422;
}
