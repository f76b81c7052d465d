import { describe, expect, it } from "vitest";
import { linkKind, splitAddress, threadsOf, type Mail } from "./mail";

function mail(id: string, to: string, subject: string, at: string): Mail {
  return { id, to, subject, at, from: "samtale@example.org", text: "", links: [] };
}

describe("threadsOf", () => {
  const threads = threadsOf([
    mail("4", "Siv Nygård <siv@k.example>", "Videomøte 7KQ2", "2026-11-27T12:01:03Z"),
    mail("3", "Kari Lunde <kari@e.example>", "Videomøte 7KQ2", "2026-11-27T12:01:02Z"),
    mail("2", "odd@l.example", "Logg inn i Samtale", "2026-11-27T12:30:00Z"),
    mail("1", "Odd Berg <odd@l.example>", "Videomøte 3XW9", "2026-11-27T11:00:00Z"),
  ]);
  it("puts the latest first", () => { expect(threads.map((t) => t.subject)).toEqual(["Logg inn i Samtale", "Videomøte 7KQ2", "Videomøte 3XW9"]); });
  it("gathers one subject by the recipient's name", () => { expect(threads[1]?.mails.map((m) => m.id)).toEqual(["3", "4"]); });
  it("has the time of the latest mail", () => { expect(threads[1]?.at).toBe("2026-11-27T12:01:03Z"); });
});

describe("splitAddress", () => {
  it("parts the name from the address", () => { expect(splitAddress("Kari Lunde <kari@e.example>")).toEqual({ name: "Kari Lunde", address: "kari@e.example" }); });
  it("takes off quotes", () => { expect(splitAddress('"Lunde, Kari" <kari@e.example>').name).toBe("Lunde, Kari"); });
  it("names a bare address by itself", () => { expect(splitAddress("kari@e.example")).toEqual({ name: "kari@e.example", address: "kari@e.example" }); });
});

describe("linkKind", () => {
  const is = (link: string, want: string) => { it(`${want}: ${link}`, () => { expect(linkKind(link)).toBe(want); }); };
  is("http://localhost:8080/join#abc", "join");
  is("https://samtale.example/signin#abc", "signin");
  is("http://localhost:8080/", "board");
  is("https://elsewhere.example/help", "other");
  is("no link", "other");
});
