import { describe, expect, it } from "vitest";
import { factsOf, percent, score, textOf, type Speech } from "./linesText";
import type { DeviceLine, OwnLine } from "./messages";

const line: DeviceLine = {
  session: "s", key: "k", score: 2.8, word: "poor", down: "sound", up: "speaker", loss_down_permille: 62, loss_up_permille: 31, rtt_ms: 310, path: "relay", gap_permille: 18,
};
const own: OwnLine = { path: "relay-tls", up_kbps: 620, down_kbps: 140, rtt_ms: 300, jitter_ms: 20, gap_permille: 18 };
/** say spells a word by its key and its values, so that the test sees both. */
const say: Speech = (key, values) => [key, ...Object.values(values ?? {})].join(" ");
const facts = (more: Partial<DeviceLine> = {}, mine: OwnLine | null = null) => factsOf({ ...line, ...more }, mine, say, "en").map(({ what, is }) => `${what}=${is}`.replaceAll("lines.", ""));

describe("factsOf", () => {
  it("tells all that helps", () => {
    expect(facts()).toEqual(["line=quality.of_5 quality.poor 2.8", "down=step.sound", "up=step.speaker", "loss=loss_is 6.2 3.1", "gap=gap_is 1.8", "answer=answer_is 310", "path=path_is.relay"]);
  });
  it("knows this machine's way better, and what its line carries", () => { expect(facts({}, own).slice(-2)).toEqual(["path=path_is.relay-tls", "carries=carries_is 620 140"]); });
  it("says what is not known", () => { expect(facts({ rtt_ms: 0, path: "carrier pigeon" }).slice(-2)).toEqual(["answer=unknown", "path=unknown"]); });
  it("tells no numbers of a line that is lost", () => { expect(facts({ word: "lost", score: 0 })).toEqual(["line=quality.lost"]); });
});

describe("numbers", () => {
  it("are written as the language writes them", () => { expect([score(4, "en"), score(4.25, "nb"), percent(7, "en"), percent(20, "nb")]).toEqual(["4.0", "4,3", "0.7", "2"]); });
});

describe("textOf", () => {
  it("is plain text by place", () => {
    expect(textOf("Meeting ABC", [{ place: "GP · Langneset", facts: [{ what: "Line", is: "good" }] }, { place: "Guest", facts: [] }])).toBe("Meeting ABC\n\nGP · Langneset\n  Line: good\n\nGuest");
  });
});
