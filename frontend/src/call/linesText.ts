import type { DeviceLine, OwnLine } from "./messages";

/** What the support view says of each line. Pure: the words come from whoever speaks the language. */

/** Fact is one thing with its name. */
export type Fact = { what: string; is: string };

export type Speech = (key: string, values?: Record<string, string | number>) => string;

const paths = ["udp", "tcp", "relay", "relay-udp", "relay-tcp", "relay-tls"];

/** score says a number with one decimal as the language writes it. */
export function score(value: number, language: string): string {
  return value.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** percent of a share in thousandths: 7 is "0.7". */
export function percent(permille: number, language: string): string {
  return (permille / 10).toLocaleString(language, { maximumFractionDigits: 1 });
}

/** factsOf tells one device's line. own is what this machine's browser measures; null for another's. */
export function factsOf(line: DeviceLine, own: OwnLine | null, say: Speech, language: string): Fact[] {
  const lost = line.word === "lost";
  const path = own?.path || line.path;
  const facts: Fact[] = [{ what: say("lines.line"), is: lost ? say("quality.lost") : say("quality.of_5", { word: say(`quality.${line.word}`), score: score(line.score, language) }) }];
  if (lost) return facts;
  facts.push(
    { what: say("lines.down"), is: say(`lines.step.${line.down}`) },
    { what: say("lines.up"), is: say(`lines.step.${line.up}`) },
    { what: say("lines.loss"), is: say("lines.loss_is", { down: percent(line.loss_down_permille, language), up: percent(line.loss_up_permille, language) }) },
    { what: say("lines.gap"), is: say("lines.gap_is", { percent: percent(line.gap_permille, language) }) },
    { what: say("lines.answer"), is: line.rtt_ms > 0 ? say("lines.answer_is", { ms: line.rtt_ms }) : say("lines.unknown") },
    { what: say("lines.path"), is: paths.includes(path) ? say(`lines.path_is.${path}`) : say("lines.unknown") },
  );
  if (own && own.up_kbps > 0) facts.push({ what: say("lines.carries"), is: say("lines.carries_is", { up: own.up_kbps, down: own.down_kbps }) });
  return facts;
}

/** textOf is the same to paste into a message: each line by its place, never by a person's name. */
export function textOf(title: string, lines: readonly { place: string; facts: readonly Fact[] }[]): string {
  return [title, ...lines.map(({ place, facts }) => [place, ...facts.map(({ what, is }) => `  ${what}: ${is}`)].join("\n"))].join("\n\n");
}
