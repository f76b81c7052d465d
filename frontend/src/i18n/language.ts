export type Language = "nb" | "en";

/** chooseLanguage: what was chosen before, else English if the browser's first language is English, else bokmål. */
export function chooseLanguage(stored: string | null, browser: readonly string[]): Language {
  if (stored === "nb" || stored === "en") return stored;
  return browser[0]?.toLowerCase().startsWith("en") ? "en" : "nb";
}
