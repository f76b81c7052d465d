import { describe, expect, it } from "vitest";
import type { CaseDetail, Seat } from "./seats";
import { toldOf } from "./told";

const person = (id: string, name: string, email?: string): CaseDetail["people"][string] => ({
  id, name, calendar: { state: "fresh" }, ask: [], languages: [], hours: [], phone_hours: [], duty: [], roles: [], units: [], ...(email ? { email } : {}),
});
const seat = (id: string, guest?: Seat["guest"], objected = false): Seat => ({
  id, need: "required", candidates: [], objected, role_units: [], roles: [], state: "open", ...(guest ? { guest } : {}),
});
const detail = {
  seats: [seat("gp"), seat("nurse"), seat("patient", "patient"), seat("kin", "next_of_kin"), seat("refused", undefined, true)],
  people: { ida: person("ida", "Ida Nilsen", "ida@example.org"), per: person("per", "Per Strand") },
};
const guest = (name: string, email = "", on = true) => ({ on, name, email, language: "nb" as const });

describe("toldOf", () => {
  const said = (cast: Record<string, string>, guests: Parameters<typeof toldOf>[0]["guests"] = {}) => toldOf({ cast, guests }, detail);
  it("mails those with an address and names those without", () => {
    expect(said({ gp: "ida", nurse: "per" })).toEqual({ mailed: ["Ida Nilsen"], untold: ["Per Strand"] });
  });
  it("takes guests who are offered a seat, as they are called in the call", () => {
    expect(said({ gp: "ida" }, { patient: guest("Patient"), kin: guest(" Daughter ", "d@example.org") })).toEqual({ mailed: ["Ida Nilsen", "Daughter"], untold: ["Patient"] });
    expect(said({ gp: "ida" }, { patient: guest("Patient", "", false) })).toEqual({ mailed: ["Ida Nilsen"], untold: [] });
  });
  it("tells nobody of a seat that the patient refuses, and everybody once", () => {
    expect(said({ gp: "ida", nurse: "ida", refused: "per" })).toEqual({ mailed: ["Ida Nilsen"], untold: [] });
  });
});
