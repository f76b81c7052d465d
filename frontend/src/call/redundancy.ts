/** What a page changes in session descriptions by itself, for sound on lines that lose packets. Pure. */

/**
 * soundOrder puts RED (RFC 2198) or plain Opus first on one line of an answer. The order of the answer decides what a browser sends
 * (RFC 8829 section 5.11), so a page can change it by itself, without a word to the server: both were agreed on.
 */
export function soundOrder(answer: string, mid: string, red: boolean): string {
  return answer.split(/^(?=m=)/m).map((section) => (isLine(section, mid) ? ordered(section, red) : section)).join("");
}

/**
 * pausedAs marks in an old answer the encodings that pause now, as the offer does (RFC 8853 section 5.2): a browser starts what is not
 * marked.
 */
export function pausedAs(answer: string, offer: string): string {
  const list = /^a=simulcast:send (\S+)/m.exec(offer)?.[1];
  return list ? answer.replace(/^(a=simulcast:recv )\S+/m, `$1${list}`) : answer;
}

/**
 * askingAgain has an offer's receiving lines of sound ask again for what is lost (RFC 4585 section 6.2.1). Browsers can, but do not
 * offer it; the server answers only where that is quick enough.
 */
export function askingAgain(offer: string): string {
  return offer.split(/^(?=m=)/m).map((section) => {
    if (!section.startsWith("m=audio ") || !/^a=recvonly\r?$/m.test(section)) return section;
    const opus = typeOf(section, "opus");
    if (opus === null || section.includes(`a=rtcp-fb:${opus} nack`)) return section;
    return section.replace(new RegExp(`^a=rtpmap:${opus} .*\\r\\n`, "m"), `$&a=rtcp-fb:${opus} nack\r\n`);
  }).join("");
}

/** offersRed says whether the line agreed on RED at all. */
export function offersRed(answer: string, mid: string): boolean {
  return answer.split(/^(?=m=)/m).some((section) => isLine(section, mid) && typeOf(section, "red") !== null);
}

function isLine(section: string, mid: string): boolean {
  return section.startsWith("m=audio ") && section.split(/\r?\n/).includes(`a=mid:${mid}`);
}

function typeOf(section: string, codec: "red" | "opus"): string | null {
  return new RegExp(`^a=rtpmap:(\\d+) ${codec}/48000`, "mi").exec(section)?.[1] ?? null;
}

function ordered(section: string, red: boolean): string {
  const first = typeOf(section, red ? "red" : "opus");
  if (first === null) return section;
  return section.replace(/^(m=audio \S+ \S+)((?: \d+)+)/, (_, head: string, types: string) => {
    const others = types.trim().split(" ").filter((type) => type !== first);
    return [head, first, ...others].join(" ");
  });
}
