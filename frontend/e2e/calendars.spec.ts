import { expect, test, type Page } from "@playwright/test";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { accessible } from "./accessible";
import { become } from "./people";
import { TestServer } from "./server";

let server: TestServer;

// The calendars that people add are fetched from this machine, which only an operator can allow.
test.beforeAll(async () => {
  process.env.SAMTALE_FEED_ALLOW = "127.0.0.0/8,::1/128";
  process.env.SAMTALE_FEED_HTTP = "true";
  server = await TestServer.start();
});
test.afterAll(async () => {
  delete process.env.SAMTALE_FEED_ALLOW;
  delete process.env.SAMTALE_FEED_HTTP;
  await server.stop();
});

/** Somebody else's server with one calendar, which can be changed or taken away. */
class CalendarServer {
  body: string | null = null;
  url = "";
  private readonly http = http.createServer((_, answer) => {
    if (this.body === null) answer.writeHead(404).end();
    else answer.writeHead(200, { "Content-Type": "text/calendar" }).end(this.body);
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(0, "127.0.0.1", resolve));
    this.url = `http://localhost:${(this.http.address() as AddressInfo).port}/mine.ics`;
  }

  stop(): Promise<unknown> {
    this.http.closeAllConnections();
    return new Promise((resolve) => this.http.close(resolve));
  }
}

const event = (uid: string, ...lines: string[]) => ["BEGIN:VEVENT", `UID:${uid}`, "SUMMARY:nobody may read this", ...lines, "END:VEVENT"];
const calendar = (...events: string[][]) => ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//e2e//EN", ...events.flat(), "END:VCALENDAR", ""].join("\r\n");

// The test's Friday, 14:00 to 14:30 in Oslo: inside the ward nurse's hours and before the discharge.
const meeting = event("meeting", "DTSTART:20261127T130000Z", "DTEND:20261127T133000Z");
const zoneless = event("zoneless", "DTSTART;TZID=Mars/Olympus:20261201T120000", "DTEND;TZID=Mars/Olympus:20261201T133000", "STATUS:TENTATIVE");
const endless = event("endless", "DTSTART:20261203T100000Z", "RRULE:FREQ=SOMETIMES", "DTEND:20261203T110000Z");

interface Suggestion { start: string; end: string; cast: Record<string, string[]> }

/** How many of the suggested times would take the ward nurse away from the meeting in her calendar. */
async function clashes(page: Page): Promise<number> {
  const board = (await (await page.request.get(`${server.url}/v1/board`)).json()) as { cases: { id: string; municipality: { name: string } }[] };
  const of = board.cases.find((c) => c.municipality.name === "Elvemo");
  const detail = (await (await page.request.get(`${server.url}/v1/cases/${of?.id ?? ""}`)).json()) as { find: object };
  const answer = await page.request.post(`${server.url}/v1/find`, { data: detail.find });
  expect(answer.ok(), await answer.text()).toBeTruthy();
  const { suggestions } = (await answer.json()) as { suggestions: Suggestion[] };
  expect(suggestions.length).toBeGreaterThan(0);
  const at = (s: Suggestion) => new Date(s.start) < new Date("2026-11-27T13:30:00Z") && new Date(s.end) > new Date("2026-11-27T13:00:00Z");
  return suggestions.filter((s) => at(s) && Object.values(s.cast).flat().includes("marte-solli")).length;
}

test("a calendar by its address: the weeks, a warning, the finder, and gone again", async ({ browser }) => {
  const theirs = new CalendarServer();
  await theirs.start();
  try {
    const page = await (await browser.newContext()).newPage();
    await become(page, server.url, "ward-nurse");
    await expect.poll(() => clashes(page)).toBeGreaterThan(0);

    // An address that gives nothing is told in words, and can be added all the same.
    await page.goto(`${server.url}/feeds`);
    await page.getByRole("link", { name: "Add a calendar" }).click();
    await page.getByRole("button", { name: "Add and read it" }).click();
    await expect(page.getByText("Paste the address of the calendar.")).toBeVisible();
    await page.getByText("Where do I find the address?").click();
    await accessible(page);
    await page.getByLabel("Address of the calendar").fill(theirs.url);
    await page.getByRole("button", { name: "Add and read it" }).click();
    await expect(page.getByText("The calendar could not be read: the address no longer exists.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Add it anyway" })).toBeVisible();
    await accessible(page);

    // It answers: the four weeks are there at once, with what was not understood and the line.
    theirs.body = calendar(meeting, zoneless, endless);
    await page.getByRole("button", { name: "Add and read it" }).click();
    await page.waitForURL(/\/feeds\/f_/);
    await expect(page.getByRole("heading", { name: "The next four weeks as read" })).toBeVisible();
    const today = page.getByRole("listitem").filter({ hasText: "Friday 27 November" });
    await expect(today.getByText("14:00–14:30 taken")).toBeAttached();
    await expect(page.getByText("12:00–13:30 perhaps taken")).toBeAttached();
    const rule = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "A repetition that cannot be followed" }) });
    await expect(rule.getByText("RRULE:FREQ=SOMETIMES")).toBeVisible();
    await expect(page.getByText("DTSTART;TZID=Mars/Olympus:20261201T120000")).toBeVisible();
    await expect(page.getByText("nobody may read this")).toHaveCount(0);
    await expect(page.getByText(theirs.url)).toHaveCount(0);
    await accessible(page);
    await page.getByText("Show as a list").click();
    await expect(today).toBeVisible();
    await accessible(page);

    // Its owner is no longer asked for then.
    await expect.poll(() => clashes(page)).toBe(0);

    // It stops answering: the good copy stays, and the page says since when.
    theirs.body = null;
    await page.getByRole("button", { name: "Read it now" }).click();
    await expect(page.getByText(/It has failed since today .*: the address no longer exists\./)).toBeVisible();
    await expect(today.getByText("14:00–14:30 taken")).toBeAttached();
    await accessible(page);

    // Removed, it takes no time.
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    const dialog = page.getByRole("alertdialog");
    await accessible(page);
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await page.waitForURL(/\/feeds$/);
    await expect.poll(() => clashes(page)).toBeGreaterThan(0);
  } finally {
    await theirs.stop();
  }
});

test("a calendar as a file, on a phone in the dark", async ({ browser }) => {
  const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: "dark" })).newPage();
  await become(page, server.url, "ward-nurse");
  await page.goto(`${server.url}/feeds/add`);
  await page.getByText("A file", { exact: true }).click();
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a file" }).click();
  await (await choosing).setFiles({ name: "mine.ics", mimeType: "text/calendar", buffer: Buffer.from(calendar(meeting, endless)) });
  await expect(page.getByText("Chosen: mine.ics")).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "Add and read it" }).click();
  await page.waitForURL(/\/feeds\/f_/);
  await expect(page.getByText("RRULE:FREQ=SOMETIMES")).toBeVisible();
  await expect(page.getByText("A file does not change by itself.", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: "Read it now" })).toHaveCount(0);
  await accessible(page);
  await expect.poll(() => clashes(page)).toBe(0);

  // The list tells it from the calendar of the region's file.
  await page.goto(`${server.url}/feeds`);
  const mine = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: /Marte Solli/ }) });
  await expect(mine.getByText("from a file", { exact: false })).toBeVisible();
  await accessible(page);
  await mine.getByRole("link", { name: "Appointments from a file" }).click();

  // At 400 % zoom the weeks are a list.
  await page.setViewportSize({ width: 320, height: 256 });
  await expect(page.getByText("14:00–14:30 taken")).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove", exact: true }).click();
  await expect.poll(() => clashes(page)).toBeGreaterThan(0);
});

test("working hours drawn, written and given back", async ({ browser }) => {
  const page = await (await browser.newContext()).newPage();
  await become(page, server.url, "ward-nurse");
  await page.goto(`${server.url}/feeds`);
  await page.getByRole("link", { name: "Working hours" }).click();
  await expect(page.getByText("37 h 30 a week")).toBeVisible();
  await accessible(page);
  const cell = (name: string) => page.getByRole("gridcell", { name, exact: true });

  // With the keyboard: Monday 08:00 to 09:00 away, two half hours in one stroke.
  await cell("Monday 08:00–08:30").focus();
  await page.keyboard.press("Space");
  await expect(cell("Monday 08:00–08:30")).toHaveAttribute("aria-selected", "false");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(cell("Monday 08:30–09:00")).toHaveAttribute("aria-selected", "false");
  await expect(page.getByText("36 h 30 a week")).toBeVisible();

  // With the pointer: Saturday and Sunday from 10 to 12.
  await cell("Saturday 10:00–10:30").hover();
  await page.mouse.down();
  await cell("Sunday 11:30–12:00").hover();
  await page.mouse.up();
  await expect(page.getByText("40 h 30 a week")).toBeVisible();

  // In the fields: Sunday until 13.
  await page.getByRole("group", { name: "Sunday, to" }).getByRole("spinbutton").first().focus();
  await page.keyboard.type("13");
  await expect(page.getByText("41 h 30 a week")).toBeVisible();
  await accessible(page);

  // And Christmas Eve off.
  await page.getByRole("group", { name: "First day" }).getByRole("spinbutton").first().focus();
  await page.keyboard.type("24122026");
  await page.getByRole("button", { name: "Add days off" }).click();
  const off = page.getByText(/Thu,? 24 Dec 2026/);
  await expect(off).toBeVisible();

  await page.getByRole("button", { name: "Save the hours" }).click();
  await expect(page.getByText("You have set these hours yourself.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("41 h 30 a week")).toBeVisible();
  await expect(cell("Sunday 12:30–13:00")).toHaveAttribute("aria-selected", "true");
  await expect(off).toBeVisible();

  await page.getByRole("button", { name: "Back to the region's hours" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Back to the region's hours" }).click();
  await expect(page.getByText("37 h 30 a week")).toBeVisible();
  await expect(off).toHaveCount(0);
});
