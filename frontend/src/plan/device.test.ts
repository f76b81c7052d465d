import { describe, expect, it } from "vitest";
import { idOf, standingOf, troubleOf } from "./device";

it("idOf is the SHA-256 of the endpoint, base64url without padding", async () => {
  expect(await idOf("abc")).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"); // FIPS 180-2, appendix B.1
});

describe("troubleOf", () => {
  it("reads what the browser's part threw", () => { expect(troubleOf(Object.assign(new Error("x"), { trouble: "dismissed" }))).toBe("dismissed"); });
  it("takes what it does not know for a failure", () => { expect(troubleOf({ trouble: "other" })).toBe("failed"); });
  it("leaves other errors alone", () => {
    expect(troubleOf(new Error("x"))).toBeNull();
    expect(troubleOf(null)).toBeNull();
    expect(troubleOf("trouble")).toBeNull();
  });
});

describe("standingOf", () => {
  it("is on when it is the reader's device", () => { expect(standingOf("on", [{ id: "a" }, { id: "b" }], "b")).toBe("on"); });
  it("is somebody else's otherwise", () => {
    expect(standingOf("on", [{ id: "a" }], "b")).toBe("others");
    expect(standingOf("on", [{ id: "a" }], null)).toBe("others");
  });
  it("is else what the browser says", () => { expect(standingOf("denied", [{ id: "b" }], "b")).toBe("denied"); });
});
