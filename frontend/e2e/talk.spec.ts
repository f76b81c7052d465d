import { expect, test, type Browser, type Locator, type Page } from "@playwright/test";
import { accessible } from "./accessible";
import { atWork, goHome, hears, ringing } from "./people";
import { TestServer } from "./server";

let server: TestServer;

test.beforeAll(async () => { server = await TestServer.start(); });
test.afterEach(async ({ browser }) => { await goHome(browser); });
test.afterAll(async () => { await server.stop(); });

const at = (browser: Browser, persona: string, path?: string) => atWork(browser, server.url, persona, path);

/** Chooses a role and what it is about, and rings: three taps, and two more with the patient in the room. */
async function ring(page: Page, role: string, reason: string, patient = false): Promise<void> {
  await page.getByRole("button", { name: role, exact: true }).click();
  const form = page.getByRole("dialog");
  await form.getByText(reason, { exact: true }).click();
  if (patient) {
    await form.getByText("The patient is here with me").click();
    await form.getByText("The patient knows and is willing").click();
  }
  await accessible(page, "the form");
  await form.getByRole("button", { name: "Ring", exact: true }).click();
  await page.waitForURL(/\/talk\/c_/);
  await page.getByRole("button", { name: "Hang up" }).waitFor();
}

/** When a click lands in a page, by the machine's clock. */
function clicked(page: Page): Promise<number> {
  return page.evaluate(() => new Promise<number>((resolve) => { addEventListener("click", () => { resolve(Date.now()); }, { once: true, capture: true }); }));
}

/** When a page no longer shows that somebody rings, by the machine's clock. */
function silent(page: Page): Promise<number> {
  return page.evaluate(() => new Promise<number>((resolve) => {
    const look = () => {
      if (document.querySelector("[role=alertdialog]")) return;
      watch.disconnect();
      resolve(Date.now());
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, { subtree: true, childList: true });
    look();
  }));
}

/** A short word in the corner. */
const said = (page: Page, text: string) => page.getByRole("region", { name: "Calls", exact: true }).getByText(text);

const inCall = (page: Page) => page.waitForURL(/\/call\/m_/);

async function leave(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Leave call" }).click();
  await page.getByRole("heading", { name: "You have left" }).waitFor();
}

async function tabTo(page: Page, goal: Locator): Promise<void> {
  await goal.waitFor();
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(goal).toBeFocused({ timeout: 50 });
  }).toPass({ intervals: [0], timeout: 20_000 });
}

test("a GP with the patient rings whoever is on duty by the roster: the second takes it, the third falls silent", async ({ browser }) => {
  const kaja = await atWork(browser, server.url, "kaja-nes", "/", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const [ragnhild, stein, gp] = [await at(browser, "ragnhild-eide"), await at(browser, "stein-foss"), await at(browser, "odd-berg")];
  const role = gp.getByRole("listitem").filter({ has: gp.getByRole("button", { name: /^Duty doctor,/ }) });
  await expect(role).toContainText("Kaja Nes");
  await expect(role).toContainText(/from the duty plan, read \d\d:\d\d, until/);
  await expect(role).toContainText("Stein Foss back-up");
  await accessible(gp);

  await ring(gp, "Duty doctor, Vakthavende leger, Havnes sykehus", "Symptoms now", true);
  await expect(ringing(kaja)).toContainText("Odd Berg is ringing");
  await expect(ringing(kaja)).toContainText("GP, Langneset legekontor, Langneset");
  await expect(ringing(kaja)).toContainText("The patient is present");
  await expect(ringing(kaja)).toContainText("Symptoms now");
  await expect(ringing(ragnhild)).toHaveCount(0);
  await accessible(kaja, "the ring on a phone");
  await expect(gp.getByText("the ring is on the screen", { exact: false })).toBeVisible();
  await accessible(gp, "the caller's page");
  await kaja.keyboard.press("Escape");
  await expect(ringing(kaja)).toBeVisible(); // Escape does not decline

  // Fifteen seconds without an answer, then both who back up are rung together.
  await Promise.all([expect(ringing(ragnhild)).toBeVisible({ timeout: 20_000 }), expect(ringing(stein)).toBeVisible({ timeout: 20_000 })]);
  await expect(ringing(kaja)).toHaveCount(0);
  await expect(gp.getByText("Kaja Nes did not answer")).toBeVisible();
  const stopped = silent(ragnhild);
  const answered = clicked(stein);
  await ringing(stein).getByRole("button", { name: "Accept" }).click();
  const took = (await stopped) - (await answered);
  test.info().annotations.push({ type: "from one's accept to the other's silence", description: `${took} ms` });
  console.log(`  from one's accept to the other's silence: ${took} ms`);
  await expect(said(ragnhild, "Stein Foss took it")).toBeVisible();

  // Both are in the call at once, by sound first, and know that the patient hears them.
  await Promise.all([inCall(gp), inCall(stein)]);
  await Promise.all([hears(gp), hears(stein)]);
  for (const page of [gp, stein]) {
    await expect(page.getByRole("region", { name: "The patient is in the room" })).toContainText("Odd Berg ticked the consent");
    await expect(page.getByRole("button", { name: "Turn camera on" })).toBeVisible();
  }
  await accessible(gp, "the call");

  // Afterwards: who was there, and the text for the record.
  await leave(stein);
  await leave(gp);
  const text = gp.getByRole("region", { name: "Text for the record" });
  await expect(text).toContainText("Kaja Nes did not answer");
  await expect(text).toContainText("Stein Foss answered");
  await expect(text).toContainText(/Consent: ticked at \d\d:\d\d by Odd Berg\./);
  await expect(text).toContainText(/Odd Berg, GP, .*: under a minute/);
  await expect(text).toContainText(/Stein Foss, duty doctor, .*: under a minute/);
  await expect(text.getByRole("button", { name: "Copy text" })).toBeVisible();
  await accessible(gp, "after the call");
});

test("nobody is on duty: said before ringing, and never a dead end", async ({ browser }) => {
  const gp = await at(browser, "odd-berg");
  await gp.getByRole("searchbox").fill("Tindvik legevakt");
  const role = gp.getByRole("listitem").filter({ has: gp.getByRole("button", { name: /^On-call doctor, Tindvik/ }) });
  await expect(role).toContainText("Nobody on duty now. Next: 15:30 Sander Vold");
  await role.getByRole("button").click();
  const form = gp.getByRole("dialog");
  await expect(form).toContainText("Nobody can be rung here now. The role gets a note");
  await form.getByText("Medicines", { exact: true }).click();
  await form.getByRole("button", { name: "Leave a note and see the next step" }).click();

  await expect(gp.getByRole("heading", { name: "Nobody could be rung" })).toBeVisible();
  await expect(gp.getByRole("link", { name: /\+47 01 21 16 00/ })).toHaveAttribute("href", "tel:+4701211600");
  await expect(gp.getByText(/has a note\./)).toBeVisible();
  await expect(gp.getByText(/^Next on duty: .*15:30.* Sander Vold/)).toBeVisible();
  await accessible(gp);

  // A time today is booked with one tap, and is a meeting like any other.
  await gp.getByRole("button", { name: /^Book \d\d:\d\d–\d\d:\d\d with Sander Vold/ }).first().click();
  await gp.waitForURL(/\/meetings\/m_/);
  await expect(gp.getByText("Sander Vold")).toBeVisible();
});

test("a promised call-back is shown, and opens by itself when it is kept", async ({ browser }) => {
  const [hilde, gp] = [await at(browser, "hilde-moe"), await at(browser, "odd-berg")];
  await ring(gp, "Palliative nurse, Palliativt team, Havnes sykehus", "Medicines");
  await ringing(hilde).getByRole("button", { name: "In 5 min" }).click();
  await expect(ringing(hilde)).toHaveCount(0);
  await expect(gp.getByRole("heading", { name: "Hilde Moe calls you back" })).toBeVisible();
  await expect(gp.getByRole("timer")).toHaveText(/in [45]:\d\d/);
  await expect(hilde.getByRole("region", { name: "You have promised to call back" })).toContainText("Odd Berg");
  await accessible(gp);
  await gp.getByRole("link", { name: "Who is who" }).first().click(); // whoever waits may do something else

  // Four minutes and three quarters later.
  await server.forward(285_000);
  await expect(ringing(hilde)).toContainText("You have promised to call Odd Berg", { timeout: 30_000 });
  await ringing(hilde).getByRole("button", { name: "Accept" }).click();
  await Promise.all([inCall(gp), inCall(hilde)]);
  await Promise.all([hears(gp), hears(hilde)]);
});

test("kept before its time, a promise connects as well", async ({ browser }) => {
  // The GP looks at the list before Hilde is there: what the form says is fresh all the same.
  const [gp, hilde] = [await at(browser, "odd-berg"), await at(browser, "hilde-moe")];
  await ring(gp, "Palliative nurse, Palliativt team, Havnes sykehus", "Medicines");
  await ringing(hilde).getByRole("button", { name: "In 5 min" }).click();
  await hilde.getByRole("region", { name: "You have promised to call back" }).getByRole("button", { name: "Ring now" }).click();
  await Promise.all([inCall(gp), inCall(hilde)]);
  await Promise.all([hears(gp), hears(hilde)]);
});

test("a server that is killed in the middle of a hunt goes on where it stood", async ({ browser }) => {
  const [kaja, stein, gp] = [await at(browser, "kaja-nes"), await at(browser, "stein-foss"), await at(browser, "odd-berg")];
  await ring(gp, "Duty doctor, Vakthavende leger, Havnes sykehus", "Treatment plan");
  await expect(ringing(kaja)).toBeVisible();
  await server.kill();
  await server.run();

  // Kaja is given time again, says that she is not on duty, and the next is rung.
  await expect(ringing(kaja)).toBeVisible();
  await ringing(kaja).getByRole("button", { name: "Not me" }).click();
  await ringing(stein).getByRole("button", { name: "Accept" }).click({ timeout: 30_000 });
  await Promise.all([inCall(gp), inCall(stein)]);
  await Promise.all([hears(gp), hears(stein)]);
});

test("by keyboard alone from the first page to the ring, and hung up", async ({ browser }) => {
  const [nurse, hilde] = [await at(browser, "marte-solli", "/"), await at(browser, "hilde-moe")];
  await nurse.getByRole("link", { name: "Specialist now" }).first().waitFor();
  await tabTo(nurse, nurse.getByRole("link", { name: "Specialist now" }).first());
  await nurse.keyboard.press("Enter");
  await tabTo(nurse, nurse.getByRole("button", { name: "Palliative nurse, Palliativt team, Havnes sykehus" }));
  await nurse.keyboard.press("Enter");
  const form = nurse.getByRole("dialog");
  await tabTo(nurse, form.getByRole("radio", { name: "Symptoms now" }));
  await nurse.keyboard.press("Space");
  await tabTo(nurse, form.getByRole("button", { name: "Ring", exact: true }));
  await nurse.keyboard.press("Enter");
  await nurse.waitForURL(/\/talk\/c_/);
  await expect(ringing(hilde)).toContainText("Marte Solli is ringing");
  await tabTo(nurse, nurse.getByRole("button", { name: "Hang up" }));
  await nurse.keyboard.press("Enter");
  await expect(nurse.getByRole("heading", { name: "You hung up" })).toBeVisible();
  await expect(ringing(hilde)).toHaveCount(0);
  await expect(said(hilde, "Marte Solli hung up")).toBeVisible();
});

test("a note that nobody was there for is inherited by the next on duty, who calls back", async ({ browser }) => {
  const gp = await at(browser, "odd-berg", `/talk?to=${encodeURIComponent("on_call_doctor@tindvik-ooh")}`);
  const form = gp.getByRole("dialog");
  await form.getByText("A second look", { exact: true }).click();
  await form.getByRole("button", { name: "Leave a note and see the next step" }).click();
  await gp.getByRole("heading", { name: "Nobody could be rung" }).waitFor();
  await server.forward(170 * 60_000); // Sander's shift has begun

  const sander = await at(browser, "sander-vold");
  const missed = sander.getByRole("region", { name: /^Missed calls/ }).getByRole("listitem").filter({ hasText: "A second look" });
  await expect(missed).toContainText("Odd Berg");
  await expect(missed).toContainText("for on-call doctor");
  await expect(gp.getByText("The note was read by Sander Vold")).toBeVisible({ timeout: 30_000 });
  await missed.getByRole("button", { name: "Call back" }).click();
  await ringing(gp).getByRole("button", { name: "Accept" }).click();
  await Promise.all([inCall(gp), inCall(sander)]);
  await Promise.all([hears(gp), hears(sander)]);
});
