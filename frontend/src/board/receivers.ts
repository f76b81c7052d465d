import type { Schemas } from "../api/client";

type Unit = Schemas["UnitDetail"];

export const destinations = ["home", "nursing_home", "medical_centre", "hospital"] as const;
export type Destination = (typeof destinations)[number];

/** Kinds of unit that take somebody in at a destination, the usual one first. */
const takers: Record<Destination, readonly string[]> = {
  home: ["home_nursing", "municipality"],
  nursing_home: ["nursing_home", "municipality"],
  medical_centre: ["medical_centre", "municipality"],
  hospital: ["ward", "hospital"],
};

export function municipalities(units: readonly Unit[]): Unit[] {
  return units.filter((u) => u.kind === "municipality");
}

function inside(unit: Unit, top: string, byId: ReadonlyMap<string, Unit>): boolean {
  let at: Unit | undefined = unit;
  for (let depth = 0; at && depth < 8; depth++) {
    if (at.id === top) return true;
    at = at.parent ? byId.get(at.parent) : undefined;
  }
  return false;
}

/** receiversIn lists who could take the patient in, the likeliest first. A hospital lies in no municipality. */
export function receiversIn(units: readonly Unit[], municipality: string, destination: Destination): Unit[] {
  if (!municipality) return [];
  const byId = new Map(units.map((u) => [u.id, u]));
  const kinds = takers[destination];
  return units
    .filter((u) => kinds.includes(u.kind) && (destination === "hospital" || inside(u, municipality, byId)))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}
