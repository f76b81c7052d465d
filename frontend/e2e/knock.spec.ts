import { expect, test, type Browser, type Page } from "@playwright/test";
import { accessible } from "./accessible";
import { atWork, card, goHome, hears, ringing } from "./people";
import { TestServer } from "./server";

let server: TestServer;

test.beforeAll(async () => { server = await TestServer.start(); });
test.afterEach(async ({ browser }) => { await goHome(browser); });
test.afterAll(async () => { await server.stop(); });

const at = (browser: Browser, persona: string, path?: string) => atWork(browser, server.url, persona, path);

const inCall = (page: Page) => page.waitForURL(/\/call\/m_/);

const soft = { name: "Knock", exact: true };

/** Knocks at the door of the one person whom the page's address names. */
async function knock(page: Page, reason: string): Promise<void> {
  const form = page.getByRole("dialog");
  await form.getByText(reason, { exact: true }).click();
  await form.getByRole("button", soft).click();
  await page.waitForURL(/\/talk\/c_/);
}

test("a knock in a consultation is a silent card, is made loud once with a reason, and is let in", async ({ browser }) => {
  const [ragnhild, hilde] = [await at(browser, "ragnhild-eide"), await at(browser, "hilde-moe")];

  // Ragnhild walks into her team's open room; her team sees that she is there.
  await ragnhild.getByRole("button", { name: /^Walk in, Palliativt team/ }).click();
  await inCall(ragnhild);
  await ragnhild.getByRole("button", { name: "Join call" }).click();
  await ragnhild.getByRole("button", { name: "Leave call" }).waitFor();
  const door = hilde.getByRole("listitem").filter({ has: hilde.getByRole("button", { name: /^Walk in, Palliativt team/ }) });
  await expect(door).toContainText("1 inside: Ragnhild Eide");

  // Two knock. Nothing rings; each is told their place.
  const marte = await at(browser, "marte-solli", "/talk?knock=ragnhild-eide");
  await expect(marte.getByRole("dialog")).toContainText("Ragnhild Eide (in a talk");
  await knock(marte, "A second look");
  await expect(marte.getByRole("heading", { name: "Ragnhild Eide sees that you knock" })).toBeVisible();
  await expect(marte.getByText("You are first in the queue.")).toBeVisible();
  const kari = await at(browser, "kari-lunde", "/talk?knock=ragnhild-eide");
  await knock(kari, "Family");
  await expect(kari.getByText("1 waits before you.")).toBeVisible();
  await expect(card(ragnhild, "Marte Solli")).toContainText("A second look");
  await expect(card(ragnhild, "Kari Lunde")).toBeVisible();
  await expect(ringing(ragnhild)).toHaveCount(0);
  await accessible(ragnhild, "a call with silent cards");
  await accessible(marte, "a knock that waits");

  // Once, with a reason, it may ring.
  await marte.getByRole("button", { name: "Interrupt once, with a reason" }).click();
  await marte.getByRole("button", { name: "The patient is getting worse fast" }).click();
  await marte.getByRole("button", { name: "Interrupt and ring" }).click();
  await expect(ringing(ragnhild)).toContainText("Marte Solli knocks");
  await expect(ringing(ragnhild)).toContainText("The patient is getting worse fast");
  await expect(marte.getByRole("button", { name: "Interrupt once, with a reason" })).toHaveCount(0);

  // "Not now" leaves a note for one, and the other is let in.
  const talk = ragnhild.url();
  await ringing(ragnhild).getByRole("button", { name: "Accept" }).click();
  await inCall(marte);
  await expect(ragnhild).not.toHaveURL(talk);
  await Promise.all([hears(marte), hears(ragnhild)]);
  await card(ragnhild, "Kari Lunde").getByRole("button", { name: "Not now" }).click();
  await expect(kari.getByRole("heading", { name: "Ragnhild Eide cannot talk now" })).toBeVisible();
  await expect(kari.getByText("Ragnhild Eide has a note and can call you back.")).toBeVisible();
});

test("do not disturb, come in, and a third colleague waits outside the locked door", async ({ browser }) => {
  const hilde = await at(browser, "hilde-moe", "/reach");
  await hilde.getByRole("button", { name: "30 min" }).click();
  await expect(hilde.getByRole("button", { name: "May be disturbed again" })).toBeVisible();
  const marte = await at(browser, "marte-solli", "/directory");
  await marte.getByRole("searchbox").fill("Hilde");
  await marte.getByRole("link", { name: "Knock: Hilde Moe" }).click();
  await expect(marte.getByRole("dialog")).toContainText("does not want to be disturbed");
  await knock(marte, "Medicines");
  await expect(card(hilde, "Marte Solli")).toBeVisible();
  await expect(ringing(hilde)).toHaveCount(0);
  await expect(hilde.getByRole("button", { name: "30 min" })).toBeFocused(); // a card takes no focus
  await card(hilde, "Marte Solli").getByRole("button", { name: "Come in" }).click();
  await Promise.all([inCall(marte), inCall(hilde)]);
  await Promise.all([hears(marte), hears(hilde)]);

  // Henrik was sent the link. He sees nothing of the talk but that it is there, and they see who he is.
  const henrik = await at(browser, "henrik-dahl", new URL(marte.url()).pathname);
  await henrik.getByRole("button", { name: "Join call" }).click();
  await expect(henrik.getByRole("heading", { name: "You are outside" })).toBeVisible();
  await expect(henrik.getByText("You wait outside. They see your name and role.", { exact: false })).toBeVisible();
  await accessible(henrik, "outside");
  const outside = hilde.getByRole("list", { name: "Waiting outside" });
  await expect(outside).toContainText("Henrik Dahl");
  await expect(outside).toContainText("hospital doctor · Med A");
  await expect(marte.getByRole("list", { name: "Waiting outside" })).toContainText("Henrik Dahl");
  await outside.getByRole("button", { name: "Admit" }).click();
  await Promise.all([hears(henrik), hears(hilde), hears(marte)]);
  await expect(marte.getByRole("list", { name: "Everyone here" })).toContainText("Henrik Dahl");
  await hilde.getByRole("button", { name: "Leave call" }).click();
});

test("a practice ring rings oneself, and is remembered", async ({ browser }) => {
  const page = await at(browser, "randi-voll", "/reach");
  await expect(page.getByText("It has not rung you yet.")).toBeVisible();
  await page.getByRole("button", { name: "Practice ring" }).click();
  await expect(ringing(page)).toContainText("This is how it sounds when somebody rings you.");
  await accessible(page, "the practice ring");
  await ringing(page).getByRole("button", { name: "Accept" }).click();
  await expect(ringing(page)).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Calls", exact: true }).getByText("The ring works on this device")).toBeVisible();
  await expect(page.getByText("Last rang you:")).toBeVisible();
});
