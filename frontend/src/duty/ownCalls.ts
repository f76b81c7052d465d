/** Which consults this tab has asked for: it is this tab, and no other device, that goes to the call by itself. */

const key = "samtale.talk.own";
const most = 10;

function read(): string[] {
  try {
    return sessionStorage.getItem(key)?.split(" ").filter(Boolean) ?? [];
  } catch {
    return []; // storage can be forbidden on shared machines: the call is then opened by a press
  }
}

function write(ids: readonly string[]): void {
  try {
    sessionStorage.setItem(key, ids.join(" "));
  } catch {
    // As above.
  }
}

export function ownCalls(): readonly string[] {
  return read();
}

export function rememberOwn(id: string): void {
  write([id, ...read().filter((other) => other !== id)].slice(0, most));
}

export function forgetOwn(id: string): void {
  write(read().filter((other) => other !== id));
}
