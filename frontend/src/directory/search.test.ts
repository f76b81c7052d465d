import { describe, expect, it } from "vitest";
import { merge, searchesFor, type Person } from "./search";

const words = { gp: "fastlege", deputy_gp: "stedfortreder for fastlegen", ward_nurse: "sykepleier på post", district_nurse: "hjemmesykepleier" };

function person(id: string, name: string): Person {
  return { id, name, roles: [], units: [], calendar: { state: "none" } };
}

describe("searchesFor", () => {
  it("asks for everybody when nothing is written", () => { expect(searchesFor("  ", words)).toEqual([""]); });
  it("asks for a name as it is written", () => { expect(searchesFor("Siv", words)).toEqual(["siv"]); });
  it("asks for the roles that a word means", () => { expect(searchesFor("Fastlege", words)).toEqual(["fastlege", "gp", "deputy gp"]); });
});

describe("merge", () => {
  it("shows each person once, by name", () => {
    expect(merge([[person("b", "Åse"), person("a", "Bo")], [person("a", "Bo"), person("c", "Zara")]], "nb").map((p) => p.name)).toEqual(["Bo", "Zara", "Åse"]);
  });
});
