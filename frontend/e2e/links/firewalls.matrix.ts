import { test } from "@playwright/test";
import { ends, measure, worlds } from "./call";
import { figure, remark, settleMs } from "./figures";
import { good, type Client, type Link, type Namespace } from "./network";
import { Person } from "./person";
import { gap, jitterBuffer, localCandidate, networkBuffer, pictureAgain, roundTrip, soundAgain } from "./stats";
import type { World } from "./world";

const world = worlds();

/** Somebody behind a wall and somebody who is not, in a call. */
async function behind(w: World, client: Client, options: { proxy?: string; link?: Link } = {}): Promise<{ far: Person; near: Person; clicked: number }> {
  const near = await Person.open(w, await w.network.client("near", good), "near");
  const [first, second] = await near.meeting(2);
  if (!first || !second) throw new Error("two links are needed");
  await near.come(first);
  await near.join();
  const far = await Person.open(w, client, "far", options);
  await far.come(second);
  if (options.link) await client.set(options.link);
  const clicked = await far.join();
  await far.until("sound", (s) => soundAgain(s, clicked) < Infinity, 60_000, clicked).catch(() => undefined);
  return { far, near, clicked };
}

/** Only TCP to port 443 gets through to the server. */
function onlyHTTPS(w: World, client: Client): void {
  w.network.server.filter(`iifname "${client.device}" meta l4proto udp drop`, `iifname "${client.device}" tcp dport != 443 drop`);
}

function relay(person: Person): string {
  return String(localCandidate(person.samples.at(-1) ?? { at: 0, entries: [] })?.["relayProtocol"] ?? "none");
}

test("A9 only TCP to port 443 gets through @quick", async () => {
  const w = world();
  const client = await w.network.client("far", good);
  onlyHTTPS(w, client);
  const { far, near, clicked } = await behind(w, client);
  figure("far: sound after", (soundAgain(far.samples, clicked) - clicked) / 1000, { atMost: 10 }, " s");
  figure("near: sound after", (soundAgain(near.samples, clicked) - clicked) / 1000, { atMost: 10 }, " s");
  figure("far: relayed by", relay(far), { is: "tls" });
  await far.until("a picture", (s) => pictureAgain(s, clicked) < Infinity, settleMs, clicked).catch(() => undefined);
  figure("far: picture after", (pictureAgain(far.samples, clicked) - clicked) / 1000, { atMost: 15 }, " s");
});

/** A client that reaches nothing but the proxy, and knows no names. */
async function throughProxy(start: (w: World, proxy: Namespace) => void): Promise<void> {
  const w = world();
  const proxy = await w.network.between("proxy");
  start(w, proxy);
  const client = await w.network.client("far", good, proxy);
  client.inside.hosts({});
  const { far, near, clicked } = await behind(w, client, { proxy: `http://${client.gateway}:8888` });
  figure("far: sound after", (soundAgain(far.samples, clicked) - clicked) / 1000, { atMost: 12 }, " s");
  figure("near: sound after", (soundAgain(near.samples, clicked) - clicked) / 1000, { atMost: 12 }, " s");
  figure("far: relayed by", relay(far), { is: "tls" });
}

test("A10 only an HTTP proxy leads out: squid", async () => {
  await throughProxy((w, proxy) => {
    const config = w.file("squid.conf", [
      "http_port 8888", "acl secure port 443", "acl CONNECT method CONNECT", "http_access allow CONNECT secure", "http_access deny all",
      "cache deny all", "access_log none", "cache_log stdio:/dev/stderr", "pid_filename none", "shutdown_lifetime 0 seconds", "coredump_dir none", "",
    ].join("\n"));
    w.run(proxy, "squid", "-N", "-n", `links${process.pid}`, "-f", config);
  });
});

test("A10 only an HTTP proxy leads out: tinyproxy @quick", async () => {
  await throughProxy((w, proxy) => {
    w.run(proxy, "tinyproxy", "-d", "-c", w.file("tinyproxy.conf", ["Port 8888", "Listen 0.0.0.0", "Timeout 600", "MaxClients 100", "ConnectPort 443", ""].join("\n")));
  });
});

test("A14 150 kbit/s down, only TCP to port 443", async () => {
  const w = world();
  const client = await w.network.client("far", good);
  onlyHTTPS(w, client);
  const { far } = await behind(w, client, { link: { delay: 150, jitter: 10, up: { kbit: 2000 }, down: { kbit: 150 } } });
  const [samples] = await measure([far]);
  const [from, to] = ends(samples ?? []);
  figure("far: relayed by", relay(far), { is: "tls" });
  figure("far: jitter buffer", jitterBuffer(from, to), { under: 1500 }, " ms");
  figure("far: round trip at most", roundTrip(samples ?? []), { under: 1500 }, " ms");
  remark("far: jitter buffer that the network asked for", networkBuffer(from, to), " ms");
  remark("far: sound made up", gap(from, to), " %");
});
