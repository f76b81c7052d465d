/** Light, dark, or as the machine says. */
export type Theme = "auto" | "light" | "dark";

const storageKey = "samtale.theme";

export function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(storageKey);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    return "auto"; // storage can be forbidden on shared machines
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // It then lasts as long as the page.
  }
}
