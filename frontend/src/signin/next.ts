const somewhere = "https://samtale.invalid";

/** Pages that stand before a session: to go there after signing in would lead in a circle. */
const before = ["/signin", "/setup", "/join"];

/** safeNext says where to go after signing in: a path of ours, else the board. A link must not send anyone to another site. */
export function safeNext(raw: string | null): string {
  // Browsers read "\" as "/" and skip tabs and line ends, so that "/\t/evil" is another site.
  if (!raw?.startsWith("/") || /[\\\t\r\n]/.test(raw)) return "/";
  let read: URL;
  try {
    read = new URL(raw, somewhere);
  } catch {
    return "/";
  }
  // "/.//evil" becomes "//evil" only when it is read.
  if (read.origin !== somewhere || read.pathname.startsWith("//") || before.includes(read.pathname)) return "/";
  return read.pathname + read.search + read.hash;
}
