import { describe, expect, it } from "vitest";
import { base64url, deviceName, deviceOf, type Facts, isChange, judge, PushTrouble } from "./push";

describe("judge", () => {
  const facts: Facts = { able: true, ios: false, installed: false, permission: "default", subscribed: false };
  const is = (name: string, changed: Partial<Facts>, want: string) => { it(name, () => { expect(judge({ ...facts, ...changed })).toBe(want); }); };
  is("is off before anybody was asked", {}, "off");
  is("is on with permission and subscription", { permission: "granted", subscribed: true }, "on");
  is("is off when the browser took the subscription away", { permission: "granted" }, "off");
  is("is denied whatever is left of a subscription", { permission: "denied", subscribed: true }, "denied");
  is("is off when permission was reset", { subscribed: true }, "off");
  is("is unsupported in an old browser", { able: false }, "unsupported");
  is("asks to be installed on an iPhone", { able: false, ios: true }, "ios_needs_install");
  is("is unsupported on an old iPhone that has it installed", { able: false, ios: true, installed: true }, "unsupported");
  is("is off on an iPhone that has it installed", { ios: true, installed: true }, "off");
});

describe("deviceName", () => {
  const mozilla = "Mozilla/5.0 ";
  const webkit = "AppleWebKit/537.36 (KHTML, like Gecko) ";
  const apple = "AppleWebKit/605.1.15 (KHTML, like Gecko) ";
  const is = (agent: string, touchPoints: number, want: string) => {
    it(`says ${want}`, () => { expect(deviceName(mozilla + agent, touchPoints)).toBe(want); });
  };
  is(`(Linux; Android 10; K) ${webkit}Chrome/142.0.0.0 Mobile Safari/537.36`, 5, "Chrome, Android");
  is(`(Linux; Android 10; K) ${webkit}SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, 5, "Samsung Internet, Android");
  is("(Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", 5, "Firefox, Android");
  is(`(Windows NT 10.0; Win64; x64) ${webkit}Chrome/142.0.0.0 Safari/537.36`, 0, "Chrome, Windows");
  is(`(Windows NT 10.0; Win64; x64) ${webkit}Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`, 0, "Edge, Windows");
  is(`(Windows NT 10.0; Win64; x64) ${webkit}Chrome/142.0.0.0 Safari/537.36 OPR/126.0.0.0`, 0, "Opera, Windows");
  is(`(X11; CrOS x86_64 14541.0.0) ${webkit}Chrome/142.0.0.0 Safari/537.36`, 0, "Chrome, ChromeOS");
  is("(X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", 0, "Firefox, Linux");
  is(`(Macintosh; Intel Mac OS X 10_15_7) ${apple}Version/26.0 Safari/605.1.15`, 0, "Safari, Mac");
  is(`(Macintosh; Intel Mac OS X 10_15_7) ${apple}Version/26.0 Safari/605.1.15`, 5, "Safari, iPad");
  is(`(iPhone; CPU iPhone OS 18_6 like Mac OS X) ${apple}Version/26.0 Mobile/15E148 Safari/604.1`, 5, "Safari, iPhone");
  is(`(iPhone; CPU iPhone OS 18_6 like Mac OS X) ${apple}Mobile/15E148`, 5, "Safari, iPhone"); // from the home screen
  is(`(iPhone; CPU iPhone OS 18_6 like Mac OS X) ${apple}CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1`, 5, "Chrome, iPhone");
  is(`(iPad; CPU OS 18_6 like Mac OS X) ${apple}FxiOS/145.0 Mobile/15E148 Safari/605.1.15`, 5, "Firefox, iPad");
  is("(Tizen; nothing known)", 0, "?");
});

describe("deviceOf", () => {
  it("takes what the browser gives", () => {
    expect(deviceOf({ endpoint: "https://push.example/a", expirationTime: null, keys: { p256dh: "BA", auth: "AA" } }, "Chrome, Android"))
      .toEqual({ endpoint: "https://push.example/a", p256dh: "BA", auth: "AA", name: "Chrome, Android" });
  });
  it.each([{}, { endpoint: "https://push.example/a" }, { endpoint: "https://push.example/a", keys: { p256dh: "BA" } }])("refuses what cannot be encrypted for: %j", (json) => {
    expect(() => deviceOf(json as PushSubscriptionJSON, "x")).toThrow(PushTrouble);
  });
});

describe("isChange", () => {
  it("hears the worker only", () => {
    expect(isChange({ t: "subscription_changed" })).toBe(true);
    for (const other of [null, undefined, "subscription_changed", {}, { t: "language" }, []]) expect(isChange(other)).toBe(false);
  });
});

describe("base64url", () => {
  it("writes keys as the server does", () => {
    expect(base64url(new Uint8Array([0xfb, 0xff, 0xfe, 0]))).toBe("-__-AA");
    expect(base64url(new Uint8Array())).toBe("");
  });
});
