import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clientSchema, parseServer } from "./messages";

const folder = new URL("../../../signaling/testdata/messages/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const fromClient = ["hello", "offer", "state", "admit", "deny", "remove", "lower", "unshare", "end", "ping", "bye", "view", "line"];

describe("the examples of the protocol", () => {
  it("are all there", () => { expect(files.length).toBeGreaterThanOrEqual(32); });

  it.each(files)("%s", (name) => {
    const text = readFileSync(new URL(name, folder), "utf8");
    const kind = name.replace(".json", "");
    const example = JSON.parse(text) as { t: string; d?: unknown };
    expect(example.t).toBe(kind);
    if (fromClient.includes(kind)) expect(clientSchema.parse(example)).toEqual(example);
    else expect(parseServer(text)).toEqual(example);
  });
});

describe("parseServer", () => {
  it("keeps a step whose reason is new to it", () => {
    expect(parseServer('{"t":"downlink","d":{"step":"sound","why":"weather","kbps":90}}')).toEqual({ t: "downlink", d: { step: "sound", why: "slow", kbps: 90 } });
  });
  it.each(["", "nonsense", "[]", "{}", '{"t":"tomorrow","d":{}}', '{"t":"roster","seq":1,"d":{"people":"all"}}', '{"t":"roster","d":{"people":[]}}'])("ignores %j", (text) => {
    expect(parseServer(text)).toBeNull();
  });
});
