import { describe, expect, it } from "vitest";
import { resources } from "./i18n";
import { chooseLanguage } from "./language";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [[path + key, value]] : leaves(value, `${path}${key}.`)) as [string, string][]);
}

const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1]).sort();

describe.each(Object.keys(resources.nb) as (keyof typeof resources.nb)[])("namespace %s", (namespace) => {
  const nb = new Map(leaves(resources.nb[namespace] as Tree));
  const en = new Map(leaves(resources.en[namespace] as Tree));
  it("has the same keys in both languages", () => {
    expect([...en.keys()].sort()).toEqual([...nb.keys()].sort());
  });
  it("has no empty text and the same placeholders", () => {
    for (const [key, text] of nb) {
      expect(text.trim(), key).not.toBe("");
      expect(placeholders(en.get(key) ?? ""), key).toEqual(placeholders(text));
    }
  });
});

describe("chooseLanguage", () => {
  it("keeps a choice", () => { expect(chooseLanguage("nb", ["en-GB"])).toBe("nb"); });
  it("takes English from the browser", () => { expect(chooseLanguage(null, ["en-US", "nb"])).toBe("en"); });
  it("is bokmål for everyone else", () => {
    expect(chooseLanguage(null, ["de", "en"])).toBe("nb");
    expect(chooseLanguage("fr", [])).toBe("nb");
  });
});
