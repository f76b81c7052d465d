import { test } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { remark, settleMs, windowMs } from "./figures";
import { good, type Link } from "./network";
import { Person } from "./person";
import type { Sample } from "./stats";
import { World } from "./world";

const tools = ["ip", "tc", "nft", "ethtool", "openssl", "certutil", "espeak-ng", "sox", "squid", "tinyproxy", "redis-server"];

/** Makes a world for each test of a file, and takes it down. Where that is not possible says why; CI may not do without. */
export function worlds(): () => World {
  let world: World | undefined;
  test.beforeEach(async () => {
    const reason = obstacle();
    if (reason && process.env.CI) throw new Error(reason);
    test.skip(reason !== "", reason);
    // Browsers make gaps of their own on a machine that is busy with something else: whoever reads the figures should know.
    remark("load of each processor before", (loadavg()[0] ?? 0) / cpus().length);
    world = await World.open();
  });
  test.afterEach(async () => {
    const info = test.info();
    if (world && info.status !== info.expectedStatus) await info.attach("server", { body: world.output, contentType: "text/plain" });
    await world?.close();
    world = undefined;
  });
  return () => {
    if (!world) throw new Error("no world");
    return world;
  };
}

function obstacle(): string {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "links are made of Linux network namespaces: run it as root";
  const missing = tools.filter((tool) => {
    try { execFileSync("sh", ["-c", `command -v ${tool}`], { stdio: "ignore" }); return false; } catch { return true; }
  });
  return missing.length > 0 ? `missing: ${missing.join(", ")}; run scripts/setup links` : "";
}

export interface Two { far: Person; near: Person; clicked: number; links: string[] }

/** Two in a call: near on a good link and there first, far on this one from the moment of the click. More may come by links. */
export async function two(world: World, link: Link, people = 2): Promise<Two> {
  const near = await Person.open(world, await world.network.client("near", good), "near");
  const links = await near.meeting(people);
  const [first, second, ...others] = links;
  if (!first || !second) throw new Error("two links are needed");
  await near.come(first);
  await near.join();
  const far = await Person.open(world, await world.network.client("far", good), "far");
  await far.come(second);
  await far.client.set(link);
  return { far, near, clicked: await far.join(), links: others };
}

/** Waits for an instant of the test's clock. */
export async function until(at: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));
}

/** Lets the call settle and measures it for a window: the samples of it, one list each. */
export async function measure(people: readonly Person[]): Promise<Sample[][]> {
  const from = Date.now() + settleMs;
  await until(from + windowMs + 500);
  return people.map((p) => p.between(from, from + windowMs + 500));
}

/** The same, with what the first one's line carried in the meantime, in kbit/s with the headers of IP. */
export async function measureLine(people: readonly [Person, ...Person[]]): Promise<Sample[][]> {
  const { inside } = people[0].client;
  await until(Date.now() + settleMs);
  const [began, before] = [Date.now(), inside.meter()];
  await until(began + windowMs + 500);
  const [ended, after] = [Date.now(), inside.meter()];
  for (const [key, what] of [["udpIn", "media down"], ["tcpIn", "signaling down"], ["udpOut", "media up"], ["tcpOut", "signaling up"]] as const) {
    remark(`far: ${what}`, (8 * (after[key] - before[key])) / (ended - began), " kbit/s");
  }
  return people.map((p) => p.between(began, ended));
}

/** The two ends of a stretch. */
export function ends(samples: readonly Sample[]): [Sample, Sample] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || first === last) throw new Error("nothing was read from the browser");
  return [first, last];
}
