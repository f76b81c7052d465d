import { expect, test } from "@playwright/test";
import { accessible } from "./accessible";
import { TestServer } from "./server";

let server: TestServer;

test.beforeAll(async () => { server = await TestServer.start(); });
test.afterAll(async () => { await server.stop(); });

interface Look { name: string; width: number; height: number; scheme: "light" | "dark"; language: "nb" | "en" }

// 320 px is a window of 1280 px at 400 % zoom (WCAG 2.1, 1.4.10).
const looks: Look[] = [
  { name: "desktop", width: 1280, height: 900, scheme: "light", language: "en" },
  { name: "phone, dark", width: 390, height: 844, scheme: "dark", language: "nb" },
  { name: "400 % zoom", width: 320, height: 256, scheme: "light", language: "nb" },
];

for (const look of looks) {
  test(`every page is accessible and fits: ${look.name}`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width: look.width, height: look.height }, colorScheme: look.scheme, permissions: ["camera", "microphone"] });
    await context.addInitScript((language) => { localStorage.setItem("samtale.language", language); }, look.language);
    const page = await context.newPage();
    const visit = async (path: string) => {
      await page.goto(server.url + path);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await expect(page.locator(".skeleton")).toHaveCount(0);
      await accessible(page, path);
    };
    await visit("/signin");
    await visit("/setup");
    await visit("/join");
    await visit("/join#not-a-link-that-was-ever-sent");
    await visit("/demo");
    await visit("/demo/mail");

    await page.request.post(`${server.url}/demo/api/session`, { data: { persona: "ward-nurse" } });
    const board = (await (await page.request.get(`${server.url}/v1/board`)).json()) as { cases: { id: string }[] };
    const [first] = board.cases;
    if (!first) throw new Error("an empty board");
    for (const path of ["/", `/cases/${first.id}`, `/cases/${first.id}?find=1`, "/new-case?unit=med-a", "/talk", "/duty", "/reach", "/directory", "/feeds", "/feeds/add", "/feeds/hours", "/demo/mail", "/no-such-page"]) await visit(path);

    const made = await page.request.post(`${server.url}/demo/rooms`, { data: { people: 2 } });
    const { conference, links } = (await made.json()) as { conference: string; links: string[] };
    const token = links[0]?.split("#")[1] ?? "";
    await visit(`/join#${token}`);
    await page.request.post(`${server.url}/v1/invitations/${token}/session`);
    await visit(`/meetings/${conference}`);
    await visit(`/call/${conference}`);
    await context.close();
  });
}
