import { chromium, type Browser, type Page } from "@playwright/test";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Client } from "./network";
import type { Entry, Sample } from "./stats";
import { url, type World } from "./world";

/** How often counters are read. */
const everyMs = 500;

declare global {
  interface Window {
    /** How many offers this page has made. */
    linksOffers?: number;
    linksMark?: number;
  }
}

/** Person is somebody with a browser at the end of a link. Only the network inside the client's namespace is there for it. */
export class Person {
  readonly samples: Sample[] = [];
  /** When the page opened WebSockets. */
  readonly sockets: number[] = [];
  private reading = true;
  private readonly reader: Promise<void>;

  private constructor(readonly client: Client, readonly page: Page, private readonly browser: Browser) {
    page.on("websocket", () => { this.sockets.push(Date.now()); });
    this.reader = this.read();
  }

  static async open(world: World, client: Client, name: string, options: { proxy?: string } = {}): Promise<Person> {
    const wrapper = path.join(world.dir, `chromium-${name}`);
    writeFileSync(wrapper, `#!/bin/sh\n${client.inside.script(process.env.CHROMIUM ?? "/usr/bin/chromium")}\n`, { mode: 0o755 });
    const browser = await chromium.launch({
      executablePath: wrapper,
      env: { ...process.env, HOME: world.home(name) } as Record<string, string>,
      ...(options.proxy ? { proxy: { server: options.proxy } } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream=fps=30",
        `--use-file-for-fake-audio-capture=${world.speech}`,
        "--autoplay-policy=no-user-gesture-required",
      ],
    });
    const context = await browser.newContext({ permissions: ["camera", "microphone"], locale: "en-GB", viewport: { width: 960, height: 600 } });
    const page = await context.newPage();
    await page.addInitScript(() => {
      localStorage.setItem("samtale.language", "en");
      window.linksOffers = 0;
      const set = RTCPeerConnection.prototype.setLocalDescription;
      RTCPeerConnection.prototype.setLocalDescription = function (this: RTCPeerConnection, ...args: Parameters<typeof set>) {
        if (args[0]?.type === "offer") window.linksOffers = (window.linksOffers ?? 0) + 1;
        return set.apply(this, args);
      } as typeof set;
    });
    const person = new Person(client, page, browser);
    world.atEnd(() => person.close());
    return person;
  }

  /** A throwaway meeting of so many; the personal links into it. */
  async meeting(people: number): Promise<string[]> {
    await this.page.goto(`${url}/demo`);
    return this.page.evaluate(async (count) => {
      const answer = await fetch("/demo/rooms", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ people: count }) });
      if (!answer.ok) throw new Error(await answer.text());
      return ((await answer.json()) as { links: string[] }).links;
    }, people);
  }

  /** Goes as far as the check before the call. */
  async come(link: string): Promise<void> {
    await this.page.goto(link);
    await this.page.getByRole("button", { name: "Join call" }).click();
    await this.page.waitForURL(/\/call\//);
    await this.page.getByRole("button", { name: "Join call" }).waitFor();
  }

  /** Presses the button and says when. */
  async join(): Promise<number> {
    await this.page.getByRole("button", { name: "Join call" }).click();
    return Date.now();
  }

  /** Waits until there is a sample for which this holds, of those after an instant. */
  async until(what: string, holds: (samples: Sample[]) => boolean, withinMs: number, after = 0): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (Date.now() < deadline) {
      if (holds(this.samples.filter((s) => s.at >= after))) return;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    throw new Error(`not within ${withinMs / 1000} s: ${what}`);
  }

  /** How many people the page says are here; waits until they are so many, when that is given. */
  async people(wanted?: number): Promise<number> {
    const count = this.page.getByRole("button", { name: wanted === undefined ? /\d+ (person|people) here/ : `${wanted} people here` });
    await count.waitFor({ timeout: 30_000 });
    return Number(/\d+/.exec((await count.getAttribute("aria-label")) ?? (await count.textContent()) ?? "")?.[0]);
  }

  /** How many offers the page has made. */
  async offers(): Promise<number> {
    return this.page.evaluate(() => window.linksOffers ?? 0);
  }

  /** A mark that is lost when the page is loaded again. */
  async marked(): Promise<number> {
    return this.page.evaluate(() => (window.linksMark ??= Math.random()));
  }

  /** The samples of an interval. */
  between(from: number, to: number): Sample[] {
    return this.samples.filter((s) => s.at >= from && s.at <= to);
  }

  private async close(): Promise<void> {
    this.reading = false;
    await this.reader;
    await this.browser.close();
  }

  private async read(): Promise<void> {
    while (this.reading) {
      const next = Date.now() + everyMs;
      try {
        const entries = await this.page.evaluate(async () => (await window.samtaleCall?.stats()) ?? []);
        this.samples.push({ at: Date.now(), entries: entries as Entry[] });
      } catch {
        // Between two pages there is nothing to read.
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
    }
  }
}
