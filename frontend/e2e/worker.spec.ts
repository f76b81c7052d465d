import { type CDPSession, expect, type Page, test } from "@playwright/test";
import { TestServer } from "./server";

let server: TestServer;

test.beforeAll(async () => { server = await TestServer.start(); });
test.afterAll(async () => { await server.stop(); });

interface Shown { title: string; lang: string; kind: unknown; silent: boolean | null; stays: boolean }

function notifications(page: Page): Promise<Shown[]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/");
    const list = (await registration?.getNotifications()) ?? [];
    return list.map((n) => ({ title: n.title, lang: n.lang, kind: n.data as unknown, silent: n.silent, stays: n.requireInteraction }));
  });
}

/** Chromium delivers pushes to the worker by itself here; the push service's part is tested in server/push. */
async function deliverer(watch: CDPSession): Promise<(data: string) => Promise<void>> {
  const found = new Promise<string>((resolve) => {
    watch.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => { if (registrations[0]) resolve(registrations[0].registrationId); });
  });
  await watch.send("ServiceWorker.enable");
  const registrationId = await found;
  return async (data) => { await watch.send("ServiceWorker.deliverPushMessage", { origin: server.url, registrationId, data }); };
}

test("the worker rings without a page, stops, speaks the person's language and keeps nothing", async ({ browser }) => {
  const context = await browser.newContext();
  await context.grantPermissions(["notifications"], { origin: server.url });
  const watch = await context.newCDPSession(await context.newPage());
  const faults: string[] = [];
  watch.on("ServiceWorker.workerErrorReported", ({ errorMessage }) => { faults.push(errorMessage.errorMessage); });
  let page = await context.newPage();
  await page.goto(server.url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    await navigator.serviceWorker.ready;
  });
  const push = await deliverer(watch);

  // A page is in view: the ring goes away without a trace. Bokmål until the page has said otherwise.
  await page.bringToFront();
  await push('{"t":"ring"}');
  await expect.poll(() => notifications(page)).toEqual([{ title: "Samtale: noen ringer deg", lang: "nb", kind: "ring", silent: false, stays: true }]);
  await push('{"t":"stop"}');
  await expect.poll(() => notifications(page)).toEqual([]);

  await page.evaluate(async () => {
    (await navigator.serviceWorker.getRegistration("/"))?.active?.postMessage({ t: "language", language: "en" });
  });
  await push('{"t":"knock"}');
  await expect.poll(() => notifications(page)).toEqual([{ title: "Samtale: somebody asks for a couple of words", lang: "en", kind: "knock", silent: true, stays: false }]);

  // No page is open: browsers want something to be seen, so the ring becomes a quiet note.
  await page.close();
  await push("cannot be read");
  await push('{"t":"stop"}');
  page = await context.newPage();
  await page.goto(server.url);
  await expect.poll(() => notifications(page)).toEqual([{ title: "Somebody rang you", lang: "en", kind: "rang", silent: true, stays: false }]);

  expect(await page.evaluate(() => caches.keys())).toEqual([]);
  expect(await page.evaluate(async () => (await indexedDB.databases()).map((d) => d.name))).toEqual(["samtale-worker"]);
  expect(faults).toEqual([]); // the content policy lets it load its icons
  await context.close();
});

test("phones can install it", async ({ page, request }) => {
  await page.goto(server.url);
  const session = await page.context().newCDPSession(page);
  const manifest = await session.send("Page.getAppManifest");
  expect(manifest.url).toBe(`${server.url}/manifest.webmanifest`);
  expect(manifest.errors).toEqual([]);
  const { icons } = JSON.parse(manifest.data ?? "{}") as { icons: { src: string; type: string }[] };
  for (const icon of icons) {
    const answer = await request.get(server.url + icon.src);
    expect(answer.headers()["content-type"]).toBe(icon.type);
  }
  const types = async (path: string) => (await request.get(server.url + path)).headers()["content-type"];
  expect(await types("/manifest.webmanifest")).toBe("application/manifest+json");
  expect(await types("/sw.js")).toContain("text/javascript");
  expect((await request.get(`${server.url}/sw.js`)).headers()["cache-control"]).toBe("no-cache");
});
