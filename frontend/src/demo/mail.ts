import type { Schemas } from "../api/client";

export type Mail = Schemas["DemoMail"];

/** Thread is what was sent about one thing: the same words to several people, each with a link of their own. */
export type Thread = { subject: string; at: string; mails: Mail[] };

/** splitAddress reads "Kari Lunde <kari@elvemo.example>". A bare address is its own name. */
export function splitAddress(text: string): { name: string; address: string } {
  const match = /^(.*?)\s*<([^>]+)>$/.exec(text.trim());
  const address = match?.[2] ?? text.trim();
  return { name: match?.[1]?.replaceAll(/^"|"$/g, "") || address, address };
}

/** threadsOf gathers mails by subject, the latest first; within one by the recipient's name. */
export function threadsOf(mails: readonly Mail[]): Thread[] {
  const threads = new Map<string, Thread>();
  for (const mail of mails) {
    const thread = threads.get(mail.subject);
    if (!thread) threads.set(mail.subject, { subject: mail.subject, at: mail.at, mails: [mail] });
    else {
      thread.mails.push(mail);
      if (mail.at > thread.at) thread.at = mail.at;
    }
  }
  const list = [...threads.values()].sort((a, b) => b.at.localeCompare(a.at));
  for (const thread of list) thread.mails.sort((a, b) => splitAddress(a.to).name.localeCompare(splitAddress(b.to).name, "nb") || b.at.localeCompare(a.at));
  return list;
}

/** LinkKind is what a link in a mail opens. */
export type LinkKind = "join" | "signin" | "board" | "other";

/** linkKind reads the path alone: what stands behind # is a secret. */
export function linkKind(link: string): LinkKind {
  let path: string;
  try {
    path = new URL(link).pathname;
  } catch {
    return "other";
  }
  switch (path) {
    case "/join": return "join";
    case "/signin": return "signin";
    case "/": return "board";
  }
  return "other";
}
