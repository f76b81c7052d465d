import { type ChildProcess, execFileSync, spawn, type SpawnOptions } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import readline from "node:readline";

const delayLine = path.resolve(import.meta.dirname, "../../../bin/line");

/** Every namespace of ours begins with this and the number of the process that made it. */
const prefix = "samtale-links-";

/** Burst is a Gilbert-Elliott model in percent: see line/line.go. */
export interface Burst { enter: number; leave: number; bad: number; good: number }

/** One direction of a link: 0 or nothing means that there is no such limit. */
export interface Way { kbit?: number; loss?: number; burst?: Burst; dead?: boolean }

export interface Link { delay: number; jitter?: number; up: Way; down: Way }

/** A line at which nobody would look: fibre, far enough away. */
export const good: Link = { delay: 20, up: {}, down: {} };

/** The queue of a slow link, in time: a modem's, not the endless one of notes' bufferbloat. */
const queueMs = 500;

/** Where the server is, whatever way one comes. */
export const serverAddress = "10.70.0.1";
export const serverName = "samtale.test";

/**
 * Network is a world of its own: a server's namespace, a router's, and one for each client. Each client has a link of its own,
 * which two veth pairs and the delay line between them make:
 *
 *   client "air" ── a1 [router: line] b1 ── "s1" server
 *
 * Frames leave the router through tbf (rate and queue) and an egress hook of nft (single losses); line adds delay and bursts.
 */
export class Network {
  readonly server: Namespace;
  private readonly router: Namespace;
  private readonly namespaces: Namespace[] = [];
  private readonly cables: Cable[] = [];

  constructor() {
    sweep();
    this.server = this.namespace("srv");
    this.router = this.namespace("rtr");
    this.server.run("ip", "addr", "add", `${serverAddress}/32`, "dev", "lo");
  }

  /** A client with a link to the server, or to another namespace that passes nothing on. */
  async client(name: string, link: Link, to: Namespace = this.server): Promise<Client> {
    const client = new Client(this.namespace(name), await this.cable(name, to, link), this.cables.length);
    if (to === this.server) client.inside.run("ip", "route", "add", "default", "via", client.gateway);
    return client;
  }

  /** Somebody between the clients and the server: a proxy. Only it knows the server's name. */
  async between(name: string): Promise<Namespace> {
    const { inside } = await this.client(name, good);
    return inside;
  }

  private namespace(name: string): Namespace {
    const made = new Namespace(`${prefix}${process.pid}-${name}`);
    this.namespaces.push(made);
    return made;
  }

  private async cable(name: string, to: Namespace, link: Link): Promise<Cable> {
    const n = this.cables.length + 1;
    const from = this.namespaces.find((each) => each.name.endsWith(`-${name}`));
    if (!from) throw new Error(`no namespace ${name}`);
    pair(from, "air", this.router, `a${n}`);
    pair(this.router, `b${n}`, to, `s${n}`);
    from.run("ip", "addr", "add", `10.71.${n}.2/24`, "dev", "air");
    for (const net of [71, 72]) to.run("ip", "addr", "add", `10.${net}.${n}.1/24`, "dev", `s${n}`);
    const cable = new Cable(this.router, n);
    this.cables.push(cable);
    await cable.set(link);
    return cable;
  }

  /** Ends every process in the namespaces, by its number, and takes them down. */
  close(): void {
    for (const cable of this.cables) cable.close();
    for (const each of this.namespaces.toReversed()) each.remove();
  }
}

/** A client's place: its end of the link, and the link. */
export class Client {
  readonly gateway: string;
  /** The server's end of the link. */
  readonly device: string;

  constructor(readonly inside: Namespace, private readonly cable: Cable, private readonly number: number) {
    this.gateway = `10.71.${number}.1`;
    this.device = `s${number}`;
  }

  /** Changes the link in mid-call. */
  async set(link: Link): Promise<void> {
    await this.cable.set(link);
  }

  /** Another network: the old address goes and one of another subnet comes, as from WLAN to mobile. */
  move(): void {
    this.inside.run("ip", "addr", "del", `10.71.${this.number}.2/24`, "dev", "air");
    this.inside.run("ip", "addr", "add", `10.72.${this.number}.2/24`, "dev", "air");
    this.inside.run("ip", "route", "replace", "default", "via", `10.72.${this.number}.1`);
  }
}

/** A network namespace. */
export class Namespace {
  private readonly etc: string;
  private metered = false;

  constructor(readonly name: string) {
    this.etc = path.join("/etc/netns", name);
    ip("netns", "add", name);
    this.run("ip", "link", "set", "lo", "up");
    this.run("sh", "-c", "echo 1 | tee /proc/sys/net/ipv6/conf/all/disable_ipv6 /proc/sys/net/ipv6/conf/default/disable_ipv6 >/dev/null");
    this.hosts({ [serverName]: serverAddress });
  }

  /** Names that are known inside. Nothing else is: there is no resolver. */
  hosts(names: Record<string, string>): void {
    mkdirSync(this.etc, { recursive: true });
    writeFileSync(path.join(this.etc, "hosts"), `127.0.0.1 localhost\n${Object.entries(names).map(([name, address]) => `${address} ${name}\n`).join("")}`);
    writeFileSync(path.join(this.etc, "resolv.conf"), "");
  }

  run(command: string, ...args: string[]): string {
    return execFileSync("ip", ["netns", "exec", this.name, command, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /**
   * A shell script that runs the command inside, with the script's arguments, and before all else on the machine: that is not the
   * link's doing. Where the kernel groups processes by session, nice counts within a session only.
   */
  script(command: string): string {
    return `echo -10 2>/dev/null >/proc/self/autogroup; exec nice -n -10 ip netns exec ${this.name} ${command} "$@"`;
  }

  start(command: string, args: string[], options: SpawnOptions = {}): ChildProcess {
    return spawn("sh", ["-c", this.script(command), "sh", ...args], options);
  }

  /** Rules of the firewall, instead of those before. */
  filter(...rules: string[]): void {
    execFileSync("ip", ["netns", "exec", this.name, "nft", "-f", "-"], {
      input: `table inet wall\ndelete table inet wall\ntable inet wall {\n chain in {\n  type filter hook input priority 0;\n${rules.map((r) => `  ${r}\n`).join("")} }\n}\n`,
    });
  }

  /** Bytes that have come and gone by UDP and by TCP, with IP's headers; counted from the first call on. */
  meter(): Record<"udpIn" | "tcpIn" | "udpOut" | "tcpOut", number> {
    const ways = ["In", "Out"] as const;
    if (!this.metered) {
      const chain = (way: string) => ` chain ${way} {\n  type filter hook ${way === "In" ? "input" : "output"} priority 0;\n  ${way === "In" ? "iifname" : "oifname"} lo accept\n  meta l4proto udp counter\n  meta l4proto tcp counter\n }\n`;
      execFileSync("ip", ["netns", "exec", this.name, "nft", "-f", "-"], { input: `table inet gauge {\n${ways.map(chain).join("")}}\n` });
      this.metered = true;
    }
    const counted = [...this.run("nft", "list", "table", "inet", "gauge").matchAll(/bytes (\d+)/g)].map((m) => Number(m[1]));
    const [udpIn = 0, tcpIn = 0, udpOut = 0, tcpOut = 0] = counted;
    return { udpIn, tcpIn, udpOut, tcpOut };
  }

  remove(): void {
    remove(this.name);
  }
}

/** Cable is one client's link inside the router. */
class Cable {
  private readonly line: ChildProcess;
  private readonly answers: AsyncIterator<string>;

  constructor(private readonly router: Namespace, private readonly number: number) {
    this.line = router.start(delayLine, ["--up", `b${number}`, "--down", `a${number}`, "--seed", String(number)], { stdio: ["pipe", "pipe", "inherit"] });
    if (!this.line.stdout) throw new Error("line has no output");
    this.answers = readline.createInterface({ input: this.line.stdout })[Symbol.asyncIterator]();
  }

  async set(link: Link): Promise<void> {
    this.shape(`b${this.number}`, link.up);
    this.shape(`a${this.number}`, link.down);
    const setting = { delay_ms: link.delay, jitter_ms: link.jitter ?? 0, ...(link.up.burst ? { up: link.up.burst } : {}), ...(link.down.burst ? { down: link.down.burst } : {}) };
    this.line.stdin?.write(`${JSON.stringify(setting)}\n`);
    const answer = await this.answers.next();
    if (answer.value !== "set") throw new Error("the delay line has ended; its reason is above");
  }

  private shape(device: string, way: Way): void {
    const rate = way.kbit === undefined ? ["pfifo"] : ["tbf", "rate", `${way.kbit}kbit`, "burst", "1600", "latency", `${queueMs}ms`];
    this.router.run("tc", "qdisc", "replace", "dev", device, "root", ...rate);
    const drop = way.dead ? "drop" : way.loss ? `numgen random mod 1000 < ${Math.round(way.loss * 10)} drop` : "";
    execFileSync("ip", ["netns", "exec", this.router.name, "nft", "-f", "-"], {
      input: `table netdev ${device}\ndelete table netdev ${device}\ntable netdev ${device} {\n chain out {\n  type filter hook egress device "${device}" priority 0;\n  ${drop}\n }\n}\n`,
    });
  }

  close(): void {
    this.line.stdin?.end();
  }
}

/** pair lays a cable. Without offloading: a frame on it is one on the wire, and its sums are right. */
function pair(a: Namespace, deviceA: string, b: Namespace, deviceB: string): void {
  ip("link", "add", deviceA, "netns", a.name, "type", "veth", "peer", "name", deviceB, "netns", b.name);
  for (const [namespace, device] of [[a, deviceA], [b, deviceB]] as const) {
    namespace.run("ethtool", "-K", device, "tx", "off", "gso", "off", "gro", "off", "tso", "off");
    namespace.run("ip", "link", "set", device, "up");
  }
}

/** sweep takes down what a run that was killed has left. */
function sweep(): void {
  for (const name of existsSync("/run/netns") ? readdirSync("/run/netns") : []) {
    const owner = name.startsWith(prefix) ? Number(name.slice(prefix.length).split("-")[0]) : 0;
    if (owner > 0 && !existsSync(`/proc/${owner}`)) remove(name);
  }
}

/** remove ends what runs in a namespace of ours, by number, and deletes it. */
function remove(name: string): void {
  for (let tries = 0; tries < 20; tries += 1) {
    const pids = ip("netns", "pids", name).split("\n").filter(Boolean).map(Number);
    if (pids.length === 0) break;
    for (const pid of pids) {
      try { process.kill(pid, tries < 10 ? "SIGTERM" : "SIGKILL"); } catch { /* it has just ended */ }
    }
    execFileSync("sleep", ["0.1"]);
  }
  ip("netns", "del", name);
  rmSync(path.join("/etc/netns", name), { recursive: true, force: true });
}

function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8" });
}
