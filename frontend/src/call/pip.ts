/** A small window above all others, so that a record can be read while the talk goes on. */

type DocumentPip = { requestWindow(options: { width: number; height: number }): Promise<Window> };

function documentPip(): DocumentPip | null {
  return (window as { documentPictureInPicture?: DocumentPip }).documentPictureInPicture ?? null;
}

/** PipKind: a window of our own with buttons in it (Chromium), else only the speaker's picture. null: neither. */
export type PipKind = "document" | "video" | null;

export function pipKind(): PipKind {
  if (documentPip()) return "document";
  return document.pictureInPictureEnabled ? "video" : null;
}

/** openPip must be called from a press. The window looks like this page: same style, language and theme. */
export async function openPip(): Promise<Window | null> {
  const opened = await documentPip()?.requestWindow({ width: 360, height: 300 });
  if (!opened) return null;
  const here = document.documentElement;
  const there = opened.document.documentElement;
  there.lang = here.lang;
  if (here.dataset.theme) there.dataset.theme = here.dataset.theme;
  opened.document.title = document.title;
  opened.document.adoptedStyleSheets = copiedStyle(opened);
  return opened;
}

/** A style made by script belongs to one document, so its rules are written anew. */
function copiedStyle(there: Window): CSSStyleSheet[] {
  const Sheet = (there as unknown as { CSSStyleSheet: typeof CSSStyleSheet }).CSSStyleSheet;
  return [...document.styleSheets, ...document.adoptedStyleSheets].flatMap((sheet) => {
    try {
      const copy = new Sheet();
      copy.replaceSync([...sheet.cssRules].map((rule) => rule.cssText).join("\n"));
      return [copy];
    } catch {
      return []; // a sheet of a browser extension may not be read
    }
  });
}
