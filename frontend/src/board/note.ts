/** The note's rules, the same as the server's: at most 280 characters and no 11-digit number. */
export const noteLimit = 280;

export type NoteFault = { kind: "long"; by: number } | { kind: "number" };

export function checkNote(note: string): NoteFault | null {
  const length = [...note.trim()].length;
  if (length > noteLimit) return { kind: "long", by: length - noteLimit };
  // Spaces, points and hyphens do not hide a national number.
  if (/(?<!\d)\d(?:[ .-]?\d){10}(?!\d)/.test(note)) return { kind: "number" };
  return null;
}
