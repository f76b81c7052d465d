import type { DutyRole } from "./queries";

/** plain compares as people search: without case and without accents other than the Norwegian letters. */
function plain(text: string): string {
  return text.normalize("NFC").toLocaleLowerCase("nb").replaceAll(/[àáâ]/g, "a").replaceAll(/[èéê]/g, "e").replaceAll(/[čç]/g, "c").replaceAll("đ", "d").replaceAll("ŋ", "n").replaceAll("š", "s").replaceAll("ŧ", "t").replaceAll("ž", "z");
}

/** matching keeps the server's order. Every word must stand in the role's, the unit's or a person's name. */
export function matching(roles: readonly DutyRole[], text: string, names: Readonly<Record<string, string>>): DutyRole[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  return roles.filter((role) => {
    const people = [...(role.on ?? []).map((o) => o.person.name), ...(role.next?.people ?? []).map((p) => p.name)];
    const said = plain([names[role.role] ?? role.role, role.unit.name, role.unit.organization ?? "", ...people].join(" "));
    return words.every((word) => said.includes(word));
  });
}
