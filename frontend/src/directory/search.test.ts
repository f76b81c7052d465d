import { describe, expect, it } from "vitest";
import { matching, merge, rolesAmong, searchesFor, type Person } from "./search";

const words = {
  gp: "fastlege", deputy_gp: "stedfortreder for fastlegen", ward_nurse: "sykepleier på post", charge_nurse: "ansvarlig sykepleier", palliative_nurse: "palliativ sykepleier",
  oncology_nurse: "kreftsykepleier", district_nurse: "hjemmesykepleier", nursing_home_nurse: "sykepleier på sykehjem",
};

function person(id: string, name: string, more: Partial<Person> = {}): Person {
  return { id, name, roles: [], units: [], calendar: { state: "none" }, ask: [], duty: [], hours: [], languages: [], phone_hours: [], ...more };
}

describe("searchesFor", () => {
  const asked = (text: string, role = "") => searchesFor({ text, role }, words);
  it("asks for everybody when nothing is written", () => { expect(asked("  ")).toEqual([""]); });
  it("asks for a name as it is written", () => { expect(asked("Siv")).toEqual(["siv"]); });
  it("asks for the roles that a word means", () => { expect(asked("Fastlege")).toEqual(["fastlege", "gp", "deputy gp"]); });
  it("asks for a role that is written in several words", () => { expect(asked("sykepleier på post")).toEqual(["sykepleier på post", "ward nurse"]); });
  it("asks for the longest of other words", () => { expect(asked("gp langneset")).toEqual(["langneset"]); });
  it("asks for everybody when a word means many roles", () => { expect(asked("sykepleier")).toEqual([""]); });
  it("asks for the chosen role alone", () => { expect(asked("Siv", "deputy_gp")).toEqual(["deputy gp"]); });
});

describe("matching", () => {
  const siv = person("a", "Siv Nygård", { roles: [{ role: "district_nurse", unit: "home" }], units: [{ id: "home", name: "Hjemmesykepleien", kind: "home_nursing", organization: "Elvemo" }] });
  const odd = person("b", "Odd Berg", { roles: [{ role: "gp", unit: "x" }], ask: ["Sykebesøk"] });
  const found = (text: string, role = "") => matching([siv, odd], { text, role }, words).map((p) => p.id);
  it("finds every word, wherever it stands", () => {
    expect(found("elvemo siv")).toEqual(["a"]);
    expect(found("elvemo odd")).toEqual([]);
  });
  it("finds roles by word and by code, and what to ask about", () => {
    expect(found("hjemmesykepleier")).toEqual(["a"]);
    expect(found("district nurse")).toEqual(["a"]);
    expect(found("sykebesøk")).toEqual(["b"]);
  });
  it("finds letters written in two parts", () => { expect(found("nyga\u030ard")).toEqual(["a"]); });
  it("keeps those who hold the role", () => { expect(found("", "gp")).toEqual(["b"]); });
});

it("merge shows each person once, by name", () => {
  expect(merge([[person("b", "Åse"), person("a", "Bo")], [person("a", "Bo"), person("c", "Zara")]], "nb").map((p) => p.name)).toEqual(["Bo", "Zara", "Åse"]);
});

it("rolesAmong lists what is held, by its word", () => {
  const held = (role: string) => person(role, role, { roles: [{ role, unit: "u" }] });
  expect(rolesAmong([held("ward_nurse"), held("gp"), held("gp")], words, "nb")).toEqual(["gp", "ward_nurse"]);
});
