import { expect, test, type Page } from "@playwright/test";
import { accessible } from "./accessible";
import { become, mails } from "./people";
import { TestServer } from "./server";

let server: TestServer;

test.beforeEach(async () => { server = await TestServer.start(); });
test.afterEach(async () => { await server.stop(); });

interface CaseCard { id: string; code: string; municipality: { id: string }; flags: { code: string }[] }

/** The case that goes home to Elvemo today. */
async function fridayCase(page: Page): Promise<CaseCard> {
  const board = (await (await page.request.get(`${server.url}/v1/board?unit=med-a`)).json()) as { cases: CaseCard[] };
  const found = board.cases.find((c) => c.municipality.id === "elvemo");
  if (!found) throw new Error("no case in Elvemo");
  return found;
}

/** Waits until everybody's calendar has been read: before that there is nothing to choose from. */
async function calendarsRead(page: Page): Promise<void> {
  await expect.poll(async () => {
    const answer = (await (await page.request.get(`${server.url}/v1/directory`)).json()) as { people: { calendar: { why?: string } }[] };
    return answer.people.filter((p) => p.calendar.why === "never_read").length;
  }, { timeout: 30_000 }).toBe(0);
}

/** Counts what a hand does on a page. */
async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    addEventListener("click", (event) => {
      if (event.isTrusted) sessionStorage.setItem("clicks", String(Number(sessionStorage.getItem("clicks") ?? "0") + 1));
    }, true);
  });
  return () => page.evaluate(() => Number(sessionStorage.getItem("clicks") ?? "0"));
}

for (const language of ["nb", "en"] as const) {
  test(`from the board to the sent invitation in at most five clicks: ${language}`, async ({ page }) => {
    const clicks = await countClicks(page);
    await become(page, server.url, "ward-nurse");
    await calendarsRead(page);
    const { code } = await fridayCase(page);
    await page.addInitScript((chosen) => { localStorage.setItem("samtale.language", chosen); }, language);
    await page.reload();
    const words = language === "nb" ? { find: "Finn en tid", book: "Bestill" } : { find: "Find a time", book: "Book" };
    const begun = Date.now();
    await page.getByRole("article").filter({ hasText: code }).getByRole("link", { name: new RegExp(code) }).click();
    await page.getByRole("button", { name: words.find }).first().click();
    await page.getByTestId("suggestion").first().getByRole("button", { name: words.book }).click();
    await page.getByRole("dialog").getByRole("button", { name: words.book }).click();
    await page.waitForURL(/\/meetings\//);
    await expect.poll(async () => (await mails(page.request, server.url)).filter((m) => m.method === "REQUEST").length, { timeout: 20_000 }).toBeGreaterThan(2);
    const seconds = (Date.now() - begun) / 1000;
    const made = await clicks();
    test.info().annotations.push({ type: "clicks", description: String(made) }, { type: "seconds", description: seconds.toFixed(1) });
    console.log(`${language}: ${made} clicks, ${seconds.toFixed(1)} s`);
    expect(made).toBeLessThanOrEqual(5);
  });
}

test("by keyboard alone, through the grid", async ({ page }) => {
  await become(page, server.url, "ward-nurse");
  await calendarsRead(page);
  const { id } = await fridayCase(page);
  await page.goto(`${server.url}/cases/${id}`);
  const find = page.getByRole("button", { name: "Find a time" }).first();
  await find.focus();
  await page.keyboard.press("Enter");
  const grid = page.getByRole("grid", { name: "People by time" });
  await grid.waitFor();
  await accessible(page, "the grid");
  await expect(async () => {
    await page.keyboard.press("Tab");
    expect(await grid.evaluate((element) => element.contains(document.activeElement))).toBeTruthy();
  }).toPass({ intervals: [10], timeout: 20_000 });
  await page.keyboard.press("Control+ArrowRight"); // to the next start that works
  await expect(page.locator(":focus")).toHaveAttribute("role", "gridcell");
  await expect(page.getByText("can come").first()).toBeVisible(); // why, seat by seat
  await page.keyboard.press("Home");
  await page.keyboard.press("Control+ArrowRight");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  const book = dialog.getByRole("button", { name: "Book" });
  await book.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/meetings\//);
});

test("who holds a time is seen by others, and of two who want it one gets it", async ({ browser }) => {
  const [nurse, coordinator] = [await (await browser.newContext()).newPage(), await (await browser.newContext()).newPage()];
  await become(nurse, server.url, "ward-nurse");
  await become(coordinator, server.url, "coordinator");
  await calendarsRead(nurse);
  const { id } = await fridayCase(nurse);
  for (const page of [nurse, coordinator]) {
    await page.goto(`${server.url}/cases/${id}`);
    await page.getByRole("button", { name: "Find a time" }).first().click();
    await page.getByTestId("suggestion").first().waitFor();
  }
  await nurse.getByTestId("suggestion").first().getByRole("button", { name: "Book" }).click();
  await expect(nurse.getByRole("dialog").getByText(/Held for you until/)).toBeVisible();
  await expect(coordinator.getByText(/held until .* by Marte Solli, Med A/).first()).toBeVisible();
  await nurse.getByRole("dialog").getByRole("button", { name: "Book" }).click();
  await nurse.waitForURL(/\/meetings\//);
  await accessible(nurse, "the booked meeting");
});

test("a seat that was declined is filled by a deputy, and both are told", async ({ browser, page }) => {
  await become(page, server.url, "ward-nurse");
  await calendarsRead(page);
  const { id } = await fridayCase(page);
  const detail = (await (await page.request.get(`${server.url}/v1/cases/${id}`)).json()) as { find: Record<string, unknown> };
  const found = (await (await page.request.post(`${server.url}/v1/find`, { data: detail.find })).json()) as { suggestions: { start: string; cast: Record<string, string[]> }[] };
  const slot = found.suggestions[0];
  if (!slot) throw new Error("no slot");
  const cast = Object.entries(slot.cast).flatMap(([seat, people]) => people.map((person) => ({ seat, person })));
  const booked = await page.request.post(`${server.url}/v1/conferences`, {
    headers: { "Idempotency-Key": crypto.randomUUID() }, data: { case: id, start: slot.start, duration_min: 20, cast },
  });
  expect(booked.status(), await booked.text()).toBe(201);
  const meeting = ((await booked.json()) as { id: string }).id;
  // Somebody for whom there is a deputy at that time says no.
  interface Repair { seats: { deputies: { can: boolean; person: { name: string } }[] }[] }
  let deputy = "";
  for (const { person } of cast) {
    const theirs = await (await browser.newContext()).newPage();
    await become(theirs, server.url, person);
    const reply = (word: string) => theirs.request.put(`${server.url}/v1/conferences/${meeting}/reply`, { data: { reply: word } });
    expect((await reply("declined")).status()).toBe(200);
    const repair = (await (await page.request.get(`${server.url}/v1/conferences/${meeting}/repair`)).json()) as Repair;
    deputy = repair.seats[0]?.deputies.find((d) => d.can)?.person.name ?? "";
    if (deputy) break;
    await reply("accepted");
  }
  expect(deputy).not.toBe("");
  const card = page.getByRole("article").filter({ hasText: "Elvemo" }).first();
  await card.getByRole("link", { name: "Fill the seat" }).or(card.getByRole("button", { name: "Fill the seat" })).first().click();
  await page.waitForURL(/\/meetings\//);
  await accessible(page, "the repair");
  await page.getByRole("button", { name: `Ask ${deputy}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await accessible(page, "who is told");
  await dialog.getByRole("button", { name: `Ask ${deputy}` }).click();
  await expect(page.getByText(deputy).first()).toBeVisible();
  await expect.poll(async () => {
    const methods = (await mails(page.request, server.url)).filter((m) => m.calendar?.includes("SEQUENCE:1")).map((m) => m.method);
    return methods.includes("CANCEL") && methods.includes("REQUEST");
  }, { timeout: 20_000 }).toBeTruthy();
});

test("at 400 % zoom the times are a list", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  await become(page, server.url, "ward-nurse");
  await calendarsRead(page);
  const { id } = await fridayCase(page);
  await page.goto(`${server.url}/cases/${id}`);
  await page.getByRole("button", { name: "Find a time" }).first().click();
  await page.getByTestId("suggestion").first().waitFor();
  await expect(page.getByRole("grid")).toHaveCount(0);
  await accessible(page, "finding at 400 %");
});
