import { describe, expect, it } from "vitest";
import { safeNext } from "./next";

describe("safeNext", () => {
  const goes = (name: string, raw: string | null, want: string) => { it(name, () => { expect(safeNext(raw)).toBe(want); }); };
  goes("goes to the board without one", null, "/");
  goes("goes to a page", "/cases/c_1?find=1", "/cases/c_1?find=1");
  goes("keeps an anchor", "/feeds#odd-berg", "/feeds#odd-berg");
  goes("refuses another site", "https://evil.example/", "/");
  goes("refuses another site without a scheme", "//evil.example/", "/");
  goes("refuses a backslash", "/\\evil.example", "/");
  goes("refuses a later backslash", "/a/..\\\\evil.example", "/");
  goes("refuses a tab between slashes", "/\t/evil.example", "/");
  goes("refuses a script", "javascript:alert(1)", "/");
  goes("refuses a path without a slash", "cases/c_1", "/");
  goes("flattens dots that lead to two slashes", "/.//evil.example", "/");
  goes("does not go in a circle", "/signin?next=/signin", "/");
});
