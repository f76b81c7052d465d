import { describe, expect, it } from "vitest";
import { askingAgain, offersRed, pausedAs, soundOrder } from "./redundancy";

const line = (mid: string, types: string, red = true) =>
  [`m=audio 9 UDP/TLS/RTP/SAVPF ${types}`, `a=mid:${mid}`, "a=rtpmap:111 opus/48000/2", ...(red ? ["a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111"] : []), ""].join("\r\n");
const video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n";
const head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";

describe("soundOrder", () => {
  it("puts RED first on the microphone's line and touches nothing else", () => {
    const answer = head + line("0", "111 63") + video + line("10", "111 63");
    expect(soundOrder(answer, "0", true)).toBe(head + line("0", "63 111") + video + line("10", "111 63"));
  });
  it("puts Opus first again", () => { expect(soundOrder(head + line("0", "63 111"), "0", false)).toBe(head + line("0", "111 63")); });
  it("leaves an answer alone that is in order already, or knows no RED", () => {
    for (const answer of [head + line("0", "63 111"), head + line("0", "111", false), "", "nonsense"]) expect(soundOrder(answer, "0", true)).toBe(answer);
  });
  it("does not take line 1 for line 10", () => { expect(soundOrder(head + line("10", "111 63"), "1", true)).toBe(head + line("10", "111 63")); });
});

describe("pausedAs", () => {
  const answer = `${head}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=simulcast:recv q;h;f\r\n`;
  it("marks what pauses in the offer", () => { expect(pausedAs(answer, "m=video\r\na=simulcast:send q;~h;~f\r\n")).toBe(answer.replace("q;h;f", "q;~h;~f")); });
  it("leaves an answer alone when nothing is simulcast", () => {
    expect(pausedAs(answer, "m=video\r\n")).toBe(answer);
    expect(pausedAs(head, "a=simulcast:send q;~h\r\n")).toBe(head);
  });
});

describe("askingAgain", () => {
  const slot = line("2", "111 63").replace("a=mid:2\r\n", "a=mid:2\r\na=recvonly\r\n");
  const asking = slot.replace("opus/48000/2\r\n", "opus/48000/2\r\na=rtcp-fb:111 nack\r\n");
  it("is for sound that comes, and for nothing that goes", () => {
    const microphone = line("0", "111 63").replace("a=mid:0\r\n", "a=mid:0\r\na=sendonly\r\n");
    expect(askingAgain(head + microphone + video + slot)).toBe(head + microphone + video + asking);
  });
  it("is said once", () => { expect(askingAgain(head + asking)).toBe(head + asking); });
});

describe("offersRed", () => {
  it("looks at one line", () => {
    const answer = head + line("0", "111", false) + line("2", "111 63");
    expect(["0", "2", "9"].map((mid) => offersRed(answer, mid))).toEqual([false, true, false]);
  });
});
