import { describe, expect, it } from "vitest";
import { resources } from "../i18n/i18n";
import { groupsOf, type Warning } from "./warnings";

const warning = (code: string, line = 1): Warning => ({ code, line, text: "" });

// The codes of calendar/calendar.go, and the fetcher's own.
const codes = ["line", "structure", "start", "end", "date", "rule", "rule_part", "budget", "zone", "zone_differ", "ignored", "more", "missing"];

describe("groupsOf", () => {
  it("puts first what changes somebody's time, and the rest last", () => {
    expect(groupsOf(["more", "unheard_of", "ignored", "line", "zone", "rule"].map((c) => warning(c))).map((g) => g.code)).toEqual(["rule", "zone", "line", "ignored", "unheard_of", "more"]);
  });
  it("keeps the order of the file in a group", () => {
    expect(groupsOf([warning("line", 4), warning("start", 2), warning("line", 9)]).map((g) => g.warnings.map((w) => w.line))).toEqual([[2], [4, 9]]);
  });
  it("tells what changes the time from what does not", () => { expect(groupsOf(codes.map((c) => warning(c))).filter((g) => !g.changes).map((g) => g.code)).toEqual(["line", "zone_differ", "ignored", "more"]); });
});

describe("every code of the reader", () => {
  it.each(codes)("%s has a name and a meaning", (code) => {
    for (const language of ["nb", "en"] as const) {
      const { code: names, means } = resources[language].calendars.unclear;
      expect([names, means].map((words) => Object.keys(words).includes(code))).toEqual([true, true]);
    }
  });
});
