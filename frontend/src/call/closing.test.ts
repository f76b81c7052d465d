import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { closingOf } from "./closing";

describe("closingOf", () => {
  it("stops and retries as the protocol's table says", () => {
    const text = readFileSync(new URL("../../../signaling/PROTOCOL.md", import.meta.url), "utf8");
    const rows = [...(text.split("## Close codes")[1] ?? "").matchAll(/^\| ([\d, ]+) \| .* \| (\w+)[^|]* \|$/gm)];
    expect(rows.length).toBeGreaterThanOrEqual(12);
    for (const [, codes = "", client] of rows) {
      for (const code of codes.split(", ")) expect([code, closingOf(Number(code)).kind === "retry" ? "retry" : "stop"]).toEqual([code, client]);
    }
  });
});
