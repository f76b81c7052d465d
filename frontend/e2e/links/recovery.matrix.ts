import { test } from "@playwright/test";
import { two, until, worlds } from "./call";
import { figure, settleMs } from "./figures";
import { good, type Link } from "./network";
import { pairChanges, pictureAgain, soundAgain } from "./stats";

const world = worlds();

const rural: Link = { delay: 150, jitter: 10, up: { kbit: 1000 }, down: { kbit: 1000 } };
const dead: Link = { ...rural, up: { kbit: 1000, dead: true }, down: { kbit: 1000, dead: true } };

/** Nothing gets through for so long; the seat is kept and the page is the same after. */
async function outage(seconds: number): Promise<void> {
  const { far, near } = await two(world(), rural);
  await far.until("a picture", (s) => pictureAgain(s, 0) < Infinity, 30_000);
  await until(Date.now() + settleMs);
  const page = await far.marked();
  await far.client.set(dead);
  const lost = Date.now();
  const seen = near.page.getByText("Reconnecting").first().waitFor({ timeout: seconds * 1000 }).then(() => Date.now(), () => Infinity);
  await until(lost + seconds * 1000);
  await far.client.set(rural);
  const back = Date.now();
  await far.until("sound again", (s) => soundAgain(s, back) < Infinity, 60_000, back).catch(() => undefined);
  await near.until("sound again", (s) => soundAgain(s, back) < Infinity, 10_000, back).catch(() => undefined);
  figure("near: says “Reconnecting” after", ((await seen) - lost) / 1000, { atMost: 10 }, " s");
  figure("far: sound again after", (soundAgain(far.samples, back) - back) / 1000, { atMost: 3 }, " s");
  figure("near: sound again after", (soundAgain(near.samples, back) - back) / 1000, { atMost: 3 }, " s");
  figure("far: the page was not loaded again", (await far.marked()) === page ? "yes" : "no", { is: "yes" });
  figure("near: people here", await near.people(), { is: 2 });
  figure("far: people here", await far.people(), { is: 2 });
}

test("A7 nothing for 30 s", async () => { await outage(30); });

test("A7 nothing for 90 s", async () => { await outage(90); });

test("A8 another address @quick", async () => {
  const { far, near } = await two(world(), good);
  await far.until("a picture", (s) => pictureAgain(s, 0) < Infinity, 30_000);
  await until(Date.now() + settleMs);
  const before = pairChanges(far.samples.at(-1) ?? { at: 0, entries: [] });
  far.client.move();
  const moved = Date.now();
  // What was on its way is not what is meant.
  await far.until("sound again", (s) => soundAgain(s, moved + 1_000) < Infinity, 40_000, moved).catch(() => undefined);
  await near.until("sound again", (s) => soundAgain(s, moved + 1_000) < Infinity, 10_000, moved).catch(() => undefined);
  figure("far: sound again after", (soundAgain(far.samples, moved + 1_000) - moved) / 1000, { atMost: 5 }, " s");
  figure("near: sound again after", (soundAgain(near.samples, moved + 1_000) - moved) / 1000, { atMost: 5 }, " s");
  figure("far: changes of the way", pairChanges(far.samples.at(-1) ?? { at: 0, entries: [] }) - before, { atLeast: 1 });
  figure("near: people here", await near.people(), { is: 2 });
});
