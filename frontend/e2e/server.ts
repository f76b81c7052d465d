import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const binary = path.resolve(import.meta.dirname, "../../bin/samtale");

/** The Friday on which every end-to-end test begins. */
export const friday = "2026-11-27T12:45:00+01:00";

/** A demo server of our own behind a TCP proxy that can be cut. Media goes past the proxy, as it does past a real one. */
export class TestServer {
  readonly url: string;
  private child: ChildProcess | undefined;
  private readonly sockets = new Set<net.Socket>();
  private closed = false;
  private cutUntil = 0;
  output = "";

  private constructor(
    private readonly dir: string,
    private readonly port: number,
    private readonly mediaPort: number,
    proxyPort: number,
    private readonly proxy: net.Server,
  ) {
    this.url = `http://localhost:${proxyPort}`;
  }

  static async start(): Promise<TestServer> {
    const [port, mediaPort, proxyPort] = [await freePort(), await freePort(), await freePort()];
    const proxy = net.createServer();
    const server = new TestServer(mkdtempSync(path.join(tmpdir(), "samtale-e2e-")), port, mediaPort, proxyPort, proxy);
    proxy.on("connection", (from) => { server.relay(from); });
    await new Promise<void>((resolve) => proxy.listen(proxyPort, "127.0.0.1", resolve));
    await server.run();
    return server;
  }

  private relay(from: net.Socket): void {
    if (Date.now() < this.cutUntil) {
      from.destroy();
      return;
    }
    const to = net.connect(this.port, "127.0.0.1");
    for (const [a, b] of [[from, to], [to, from]] as const) {
      this.sockets.add(a);
      a.on("error", () => b.destroy());
      a.on("close", () => { this.sockets.delete(a); b.destroy(); });
      a.pipe(b);
    }
  }

  /** Cuts every connection through the proxy and refuses new ones for so long. */
  cut(milliseconds: number): void {
    this.cutUntil = Date.now() + milliseconds;
    for (const s of this.sockets) s.destroy();
  }

  /** Starts the server, or starts it again on the same data after kill. */
  async run(): Promise<void> {
    this.child = spawn(binary, ["demo"], {
      env: {
        ...process.env,
        SAMTALE_LISTEN: `127.0.0.1:${this.port}`,
        SAMTALE_PUBLIC_URL: this.url,
        SAMTALE_MEDIA_UDP: `127.0.0.1:${this.mediaPort}`,
        SAMTALE_MEDIA_TCP: `127.0.0.1:${this.mediaPort}`,
        SAMTALE_TURN: "off", // its usual port is one for the whole machine
        SAMTALE_DATA_DIR: this.dir,
        SAMTALE_DEMO_NOW: friday,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (chunk: Buffer) => { this.output += chunk.toString(); });
    }
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline) {
      const ready = await fetch(`${this.url}/readyz`).then((r) => r.ok, () => false);
      if (ready) return;
      if (this.child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the server did not start:\n${this.output}`);
  }

  /**
   * Starts the server again on the same data with the demo's clock so much ahead: nobody waits five minutes in a test. The clock
   * is kept in the store as nanoseconds that it is ahead of the machine's.
   */
  async forward(milliseconds: number): Promise<void> {
    await command(readFileSync(path.join(this.dir, "redis", "address"), "utf8").trim(), `HINCRBY {s}:values demo:shift ${milliseconds}000000`);
    await this.kill();
    await this.run();
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const child = this.child;
    if (child && child.exitCode === null) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    }
    for (const s of this.sockets) s.destroy();
    await new Promise((resolve) => this.proxy.close(resolve));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** One inline command to the private Redis (RESP), which listens on a socket in the data directory only. */
function command(socket: string, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const redis = net.connect(socket, () => { redis.write(`${line}\r\n`); });
    redis.once("error", reject);
    redis.once("data", (answer) => {
      redis.end();
      if (answer.toString().startsWith(":")) resolve();
      else reject(new Error(`redis: ${answer.toString()}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === "object") resolve(address.port);
        else reject(new Error("no free port"));
      });
    });
  });
}
