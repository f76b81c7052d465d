import { expect, test, type Browser, type Page } from "@playwright/test";
import { accessible } from "./accessible";
import { atWork, goHome, hears, ringing } from "./people";
import { TestServer } from "./server";

let server: TestServer;

test.beforeAll(async () => { server = await TestServer.start(); });
test.afterEach(async ({ browser }) => { await goHome(browser); });
test.afterAll(async () => { await server.stop(); });

/** Two who talk: the one knocked with the patient in the room, the other is free and was rung. */
async function talking(browser: Browser): Promise<{ host: Page; other: Page }> {
  const other = await atWork(browser, server.url, "hilde-moe");
  const host = await atWork(browser, server.url, "marte-solli", "/talk?knock=hilde-moe");
  const form = host.getByRole("dialog");
  await form.getByText("Treatment plan", { exact: true }).click();
  await form.getByText("The patient is here with me").click();
  await form.getByRole("button", { name: "Knock", exact: true }).click();
  await expect(form.getByText("Ask the patient first, and tick.")).toBeVisible();
  await form.getByText("The patient knows and is willing").click();
  await form.getByRole("button", { name: "Knock", exact: true }).click();
  await ringing(other).getByRole("button", { name: "Accept" }).click();
  await Promise.all([host, other].map((page) => page.getByRole("button", { name: "Leave call" }).waitFor()));
  return { host, other };
}

interface Invited { link: string; code: string }

/** Makes a link for a guest in the call: to be shown as a QR code and read out as a code. */
async function invite(host: Page, kind: string, name: string): Promise<Invited> {
  const guests = host.getByRole("button", { name: "Guests" });
  if ((await guests.getAttribute("aria-expanded")) !== "true") await guests.click();
  await host.getByRole("button", { name: "Add a guest" }).click();
  const form = host.getByRole("dialog");
  await form.getByText(kind, { exact: true }).click();
  await form.getByRole("textbox", { name: /^Name/ }).fill(name);
  await form.getByRole("button", { name: "Make the link" }).click();
  await expect(host.getByRole("img", { name: `QR code with the link for ${name}` })).toBeVisible();
  const id = /m_[^/#?]+/.exec(host.url())?.[0] ?? "";
  const links = (await (await host.request.get(`${server.url}/v1/conferences/${id}/links`)).json()) as { links: { name: string; url: string; code: string }[] };
  const made = links.links.find((l) => l.name === name);
  if (!made) throw new Error(`no link for ${name}`);
  await expect(host.getByText(made.code.replace("-", " "), { exact: true })).toBeVisible();
  return { link: made.url, code: made.code };
}

/** A guest's own phone. */
async function phone(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, permissions: ["camera", "microphone"], locale: "en-GB" });
  await context.addInitScript(() => { localStorage.setItem("samtale.language", "en"); });
  return context.newPage();
}

const outside = (page: Page) => page.getByRole("heading", { name: "You are outside" });

async function admit(host: Page, name: string): Promise<void> {
  await host.getByRole("list", { name: "Waiting outside" }).getByRole("listitem").filter({ hasText: name }).getByRole("button", { name: "Admit" }).click();
}

test("a guest on a phone: three taps, who will come, admitted, shown out; the link is dead in other hands", async ({ browser }) => {
  const { host } = await talking(browser);
  const { link, code } = await invite(host, "next of kin", "Daughter");
  await accessible(host, "the guests' links");

  // Opening the link is one tap, and two buttons follow.
  const kin = await phone(browser);
  await kin.goto(link);
  await kin.getByRole("button", { name: "Join call" }).waitFor();
  expect(kin.url()).not.toContain(link.split("#")[1] ?? "no token");
  await accessible(kin, "a guest's link");
  await kin.getByRole("button", { name: "Join call" }).tap();
  await kin.waitForURL(/\/call\/m_/);
  await accessible(kin, "before the call");
  await kin.getByRole("button", { name: "Join call" }).tap();
  await expect(outside(kin)).toBeVisible();
  const expected = kin.getByRole("region", { name: "Who will come" });
  await expect(expected).toContainText("Marte Solli");
  await expect(expected).toContainText("palliative nurse");
  await accessible(kin, "outside on a phone");

  // The link opens one browser. The code leads the same way.
  const stranger = await phone(browser);
  await stranger.goto(`${server.url}/join`);
  await stranger.getByRole("textbox", { name: "Code" }).fill(` ${code.toLowerCase().replace("-", " ")}`);
  await stranger.getByRole("button", { name: "Find the meeting" }).tap();
  await expect(stranger.getByText("Daughter")).toBeVisible();
  await stranger.getByRole("button", { name: "Join call" }).tap();
  await expect(stranger.getByText("ask whoever invited you for a new link", { exact: false })).toBeVisible();

  await admit(host, "Daughter");
  await Promise.all([hears(host), hears(kin)]);
  await accessible(kin, "the call on a phone");
  await expect(host.getByText("opened", { exact: true })).toBeVisible();
  expect((await kin.request.get(`${server.url}/v1/directory`)).status()).toBe(403);
  expect((await kin.request.get(`${server.url}/v1/board`)).status()).toBe(403);
  await kin.reload(); // the same browser comes back by itself
  await expect(kin.getByRole("button", { name: "Leave call" })).toBeVisible();

  await host.getByRole("button", { name: "End the link: Daughter" }).click();
  await host.getByRole("alertdialog").getByRole("button", { name: "End the link" }).click();
  await expect(kin.getByRole("heading", { name: "You were asked to leave" })).toBeVisible();
  await kin.goto("about:blank");
  await kin.goto(link);
  await expect(kin.getByRole("heading", { name: "The link does not work" })).toBeVisible();
  await accessible(kin, "a dead link");
});

test("consent is withdrawn: the guests' seats close, the others stay", async ({ browser }) => {
  const { host, other } = await talking(browser);
  const { code } = await invite(host, "interpreter", "Interpreter");
  const guest = await phone(browser);
  await guest.goto(`${server.url}/join`);
  await guest.getByRole("textbox", { name: "Code" }).fill("AAAA 2222");
  await guest.getByRole("button", { name: "Find the meeting" }).tap();
  await expect(guest.getByText("The code does not work.", { exact: false })).toBeVisible();
  await guest.getByRole("textbox", { name: "Code" }).fill(code);
  await guest.getByRole("button", { name: "Find the meeting" }).tap();
  await guest.getByRole("button", { name: "Join call" }).tap();
  await guest.waitForURL(/\/call\/m_/);
  await guest.getByRole("button", { name: "Join call" }).tap();
  await expect(outside(guest)).toBeVisible();
  await admit(host, "Interpreter");
  await Promise.all([hears(host), hears(guest), hears(other)]);
  await expect(guest.getByRole("region", { name: "The patient is in the room" })).toBeVisible();

  await other.getByRole("button", { name: "Withdraw consent" }).click();
  await other.getByRole("alertdialog").getByRole("button", { name: "Withdraw consent" }).click();
  await expect(guest.getByRole("heading", { name: "You were asked to leave" })).toBeVisible();
  await expect(host.getByText("Consent was withdrawn. The guests’ seats are closed.", { exact: false })).toBeVisible();
  await expect(host.getByText("ended", { exact: true })).toBeVisible();
  await Promise.all([hears(host), hears(other)]);

  // A new guest needs a new consent.
  await host.getByRole("button", { name: "Add a guest" }).click();
  await expect(host.getByRole("dialog")).toContainText("Add guests only if the patient has agreed again.");
});
