import { expect, test, type Page } from "@playwright/test";
import { accessible } from "./accessible";
import { become, hearsAndSees, invitation, join, joinLink, mails } from "./people";
import { friday, TestServer } from "./server";

let server: TestServer;

test.beforeAll(async () => { server = await TestServer.start(); });
test.afterAll(async () => { await server.stop(); });

interface Attendance {
  attended: { name: string; seconds: number; minutes: number; intervals: { start: string; end: string }[] }[];
  running: boolean;
  together_seconds: number;
  quorate: boolean;
}

async function attendance(page: Page, conference: string): Promise<Attendance> {
  const answer = await page.request.get(`${server.url}/v1/conferences/${conference}/attendance`);
  expect(answer.ok(), await answer.text()).toBeTruthy();
  return (await answer.json()) as Attendance;
}

test("case, slots, booking, mail, call with reload and cut, attendance", async ({ browser }) => {
  const nurse = await (await browser.newContext()).newPage();
  await become(nurse, server.url, "ward-nurse");

  // Board: the case that goes home today is there with its flags.
  const card = nurse.getByRole("article").filter({ hasText: "Elvemo" }).first();
  await expect(card).toBeVisible();
  await accessible(nurse);
  const code = (await card.getByTestId("case-code").textContent())?.trim() ?? "";
  expect(code).toMatch(/^[0-9A-Z]{5}$/);

  // Find a time before the discharge.
  await card.getByRole("link", { name: new RegExp(code) }).click();
  await nurse.getByRole("button", { name: "Find a time" }).first().click();
  const suggestion = nurse.getByTestId("suggestion").first();
  await expect(suggestion).toBeVisible();
  await accessible(nurse);
  await suggestion.getByRole("button", { name: "Book" }).click();
  const dialog = nurse.getByRole("dialog");
  await accessible(nurse);
  await dialog.getByRole("button", { name: "Book" }).click();
  await nurse.waitForURL(/\/meetings\//);
  const conference = nurse.url().split("/meetings/")[1] ?? "";
  await accessible(nurse);

  // Mail: everyone got a REQUEST of their own; none names the case.
  await expect.poll(async () => (await mails(nurse.request, server.url)).filter((m) => m.method === "REQUEST").length, { timeout: 20_000 }).toBeGreaterThan(2);
  const sent = (await mails(nurse.request, server.url)).filter((m) => m.method === "REQUEST");
  const invitations = sent.map(invitation);
  expect(new Set(invitations.map((i) => i.uid)).size).toBe(1);
  for (const [i, read] of invitations.entries()) {
    const mail = sent[i];
    if (!mail) throw new Error("no mail");
    expect(read.method).toBe("REQUEST");
    expect(read.klass).toBe("PRIVATE");
    expect(read.attendees).toHaveLength(1);
    const address = (/<(.+)>/.exec(mail.to)?.[1] ?? mail.to).toLowerCase();
    expect(read.attendees[0]?.toLowerCase()).toBe(`mailto:${address}`);
    expect(read.organizer.toLowerCase()).not.toContain(address);
    expect(read.start.getTime()).toBeGreaterThan(new Date(friday).getTime());
    expect(read.end.getTime() - read.start.getTime()).toBe(20 * 60_000);
    expect(JSON.stringify(mail)).not.toContain(code);
  }

  // Call: two of them join by their own links, see and hear each other.
  const [first, second] = sent;
  if (!first || !second) throw new Error("two mails are needed");
  const a = await (await browser.newContext({ permissions: ["camera", "microphone"] })).newPage();
  const b = await (await browser.newContext({ permissions: ["camera", "microphone"] })).newPage();
  await a.goto(joinLink(first));
  await expect(a.getByRole("button", { name: "Join call" })).toBeVisible();
  await accessible(a);
  expect((await attendance(nurse, conference)).attended.every((p) => p.seconds === 0)).toBeTruthy(); // opening changes nothing
  await join(a, joinLink(first));
  const joinedA = Date.now();
  await join(b, joinLink(second));
  await Promise.all([hearsAndSees(a), hearsAndSees(b)]);
  await accessible(a);

  // B reloads and is back in the same seat.
  await b.reload();
  const again = b.getByRole("button", { name: "Join call" });
  await Promise.race([again.click().catch(() => undefined), b.getByRole("button", { name: "Leave call" }).waitFor()]);
  await Promise.all([hearsAndSees(a), hearsAndSees(b)]);

  // Ten seconds without a WebSocket: sound and picture go on, nobody is lost.
  server.cut(10_000);
  await hearsAndSees(a);
  await expect.poll(async () => nurse.request.get(`${server.url}/readyz`).then((r) => r.ok(), () => false), { timeout: 30_000 }).toBeTruthy();
  await Promise.all([hearsAndSees(a), hearsAndSees(b)]);
  const during = await attendance(nurse, conference);
  expect(during.running).toBeTruthy();
  expect(during.attended.filter((p) => p.seconds > 0)).toHaveLength(2);

  // Both leave. Attendance has two people and the right minutes.
  await a.getByRole("button", { name: "Leave call" }).click();
  const stayed = (Date.now() - joinedA) / 1000;
  await b.getByRole("button", { name: "Leave call" }).click();
  await expect.poll(async () => (await attendance(nurse, conference)).attended.some((p) => p.seconds > 0 && p.intervals.length > 1)).toBeFalsy();
  const after = await attendance(nurse, conference);
  const present = after.attended.filter((p) => p.seconds > 0);
  expect(present).toHaveLength(2);
  const longest = Math.max(...present.map((p) => p.seconds));
  expect(Math.abs(longest - stayed)).toBeLessThanOrEqual(2);

  // The same as CSV.
  const csv = await nurse.request.get(`${server.url}/v1/conferences/${conference}/attendance`, { headers: { accept: "text/csv" } });
  expect(csv.headers()["content-type"]).toContain("text/csv");
  const rows = (await csv.text()).trim().split(/\r?\n/);
  for (const person of present) expect(rows.some((r) => r.includes(person.name))).toBeTruthy();

  // The meeting's page shows it.
  await nurse.goto(`${server.url}/meetings/${conference}`);
  for (const person of present) await expect(nurse.getByText(person.name).first()).toBeVisible();
  await accessible(nurse);
});
