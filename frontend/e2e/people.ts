import { expect, type APIRequestContext, type Browser, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import ICAL from "ical.js";

export interface DemoMail {
  id: string;
  to: string;
  subject: string;
  text: string;
  calendar?: string;
  method?: string;
  links: string[];
}

/** Signs in as one of the personas, or as anybody of the region by id, and opens the first page or another. */
export async function become(page: Page, url: string, persona: string, path?: string): Promise<void> {
  await page.addInitScript(() => { localStorage.setItem("samtale.language", "en"); });
  const answer = await page.request.post(`${url}/demo/api/session`, { data: { persona } });
  expect(answer.ok(), await answer.text()).toBeTruthy();
  const { open } = (await answer.json()) as { open: string };
  await page.goto(url + (path ?? open));
}

/** Somebody at work: a browser of their own with a page open, so that they can be rung. */
export async function atWork(browser: Browser, url: string, persona: string, path = "/talk", options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ permissions: ["camera", "microphone"], ...options })).newPage();
  await become(page, url, persona, path);
  await expect.poll(async () => ((await (await page.request.get(`${url}/v1/reach`)).json()) as { pages: boolean }).pages).toBeTruthy();
  return page;
}

/** Everybody goes home: whoever has no page open is not rung in the next test. */
export async function goHome(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()));
}

/** The dialog of somebody ringing. */
export function ringing(page: Page): Locator {
  return page.getByRole("alertdialog");
}

/** The silent card of somebody who knocks while one is engaged. */
export function card(page: Page, name: string): Locator {
  return page.getByRole("article", { name: `${name} knocks` });
}

/** All mails the demo has sent, newest first. */
export async function mails(request: APIRequestContext, url: string): Promise<DemoMail[]> {
  const answer = await request.get(`${url}/demo/api/mail`);
  expect(answer.ok()).toBeTruthy();
  return ((await answer.json()) as { messages: DemoMail[] }).messages;
}

/** The personal join link of a mail. */
export function joinLink(mail: DemoMail): string {
  const link = mail.links.find((l) => l.includes("/join#"));
  if (!link) throw new Error(`no join link in the mail to ${mail.to}`);
  return link;
}

/** The invitation as a calendar program reads it. */
export function invitation(mail: DemoMail) {
  const calendar = new ICAL.Component(ICAL.parse(mail.calendar ?? "") as unknown[]);
  const component = calendar.getFirstSubcomponent("vevent");
  if (!component) throw new Error("no VEVENT");
  const event = new ICAL.Event(component);
  return {
    method: String(calendar.getFirstPropertyValue("method")),
    uid: event.uid,
    start: event.startDate.toJSDate(),
    end: event.endDate.toJSDate(),
    summary: event.summary,
    organizer: String(component.getFirstPropertyValue("organizer")),
    attendees: component.getAllProperties("attendee").map((p) => String(p.getFirstValue())),
    klass: String(component.getFirstPropertyValue("class")),
  };
}

/** Opens a personal link and goes through the device check into the call, or to the lobby. */
export async function join(page: Page, link: string): Promise<void> {
  await page.addInitScript(() => { localStorage.setItem("samtale.language", "en"); });
  await page.goto(link);
  await page.getByRole("button", { name: "Join call" }).click();
  await page.waitForURL(/\/call\//);
  await page.getByRole("button", { name: "Join call" }).click();
}

/** What the call's peer connection has received until now. */
export async function received(page: Page): Promise<{ frames: number; energy: number }> {
  return page.evaluate(async () => {
    const call = (window as unknown as { samtaleCall?: { stats(): Promise<Record<string, unknown>[]> } }).samtaleCall;
    const total = { frames: 0, energy: 0 };
    for (const entry of (await call?.stats()) ?? []) {
      if (entry["type"] !== "inbound-rtp") continue;
      total.frames += Number(entry["framesDecoded"] ?? 0);
      total.energy += Number(entry["totalAudioEnergy"] ?? 0);
    }
    return total;
  });
}

/** Waits until sound is heard: the counter grows from where it is now. */
export async function hears(page: Page): Promise<void> {
  const before = await received(page);
  await expect.poll(async () => (await received(page)).energy, { timeout: 30_000 }).toBeGreaterThan(before.energy);
}

/** Waits until picture moves and sound is heard: both counters grow from where they are now. */
export async function hearsAndSees(page: Page): Promise<void> {
  const before = await received(page);
  await expect.poll(async () => (await received(page)).frames, { timeout: 30_000 }).toBeGreaterThan(before.frames + 10);
  await expect.poll(async () => (await received(page)).energy, { timeout: 30_000 }).toBeGreaterThan(before.energy);
}
