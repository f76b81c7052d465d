/** looksLikeEmail catches what was forgotten, not what is unusual: the mail itself is the test. */
export function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(text.trim());
}
