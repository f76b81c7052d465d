import { execFileSync, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Network, serverAddress, serverName, type Namespace } from "./network";

const binaries = path.resolve(import.meta.dirname, "../../../bin");

export const url = `https://${serverName}`;

/** World is one test's: a network, a demo server in it behind TLS on port 443, and what browsers need to trust and to say. */
export class World {
  readonly network = new Network();
  readonly dir = mkdtempSync(path.join(tmpdir(), "samtale-links-"));
  readonly speech: string;
  private readonly children: ChildProcess[] = [];
  private readonly endings: (() => Promise<void>)[] = [];
  output = "";

  private constructor() {
    this.speech = speech(this.dir);
    this.certify();
  }

  static async open(): Promise<World> {
    const world = new World();
    try {
      await world.serve();
    } catch (err) {
      await world.close();
      throw err;
    }
    return world;
  }

  private serve(): Promise<void> {
    const child = this.network.server.start(path.join(binaries, "samtale"), ["demo"], {
      env: {
        ...process.env,
        SAMTALE_LISTEN: `${serverAddress}:443`,
        SAMTALE_TLS_CERT: path.join(this.dir, "cert.pem"),
        SAMTALE_TLS_KEY: path.join(this.dir, "key.pem"),
        SAMTALE_PUBLIC_URL: url,
        SAMTALE_MEDIA_UDP: `${serverAddress}:7882`,
        SAMTALE_MEDIA_ADDRESSES: serverAddress,
        SAMTALE_DATA_DIR: path.join(this.dir, "data"),
        SAMTALE_DEMO_NOW: "2026-11-27T12:45:00+01:00",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.children.push(child);
    return new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on("data", (chunk: Buffer) => {
          this.output += chunk.toString();
          if (this.output.includes("Samtale demo:")) resolve();
        });
      }
      child.once("exit", () => { reject(new Error(`the server has ended:\n${this.output}`)); });
    });
  }

  /** An authority of our own, and the server's certificate by it. */
  private certify(): void {
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: this.dir, stdio: ["ignore", "ignore", "pipe"] });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    openssl("req", "-x509", ...key, "-keyout", "ca-key.pem", "-out", "ca.pem", "-subj", "/CN=Samtale test authority", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign");
    openssl("req", "-x509", ...key, "-keyout", "key.pem", "-out", "cert.pem", "-subj", `/CN=${serverName}`, "-CA", "ca.pem", "-CAkey", "ca-key.pem",
      "-addext", `subjectAltName=DNS:${serverName},IP:${serverAddress}`, "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth");
    const trust = path.join(this.dir, "home/.pki/nssdb");
    mkdirSync(trust, { recursive: true });
    execFileSync("certutil", ["-N", "-d", `sql:${trust}`, "--empty-password"]);
    execFileSync("certutil", ["-A", "-d", `sql:${trust}`, "-n", "samtale", "-t", "C,,", "-i", path.join(this.dir, "ca.pem")]);
  }

  /** A home directory that trusts our authority. */
  home(name: string): string {
    const home = path.join(this.dir, `home-${name}`);
    cpSync(path.join(this.dir, "home"), home, { recursive: true });
    return home;
  }

  /** People without a browser: each publishes a tone and a picture for so long. */
  bots(inside: Namespace, links: readonly string[], seconds: number): void {
    const child = inside.start(path.join(binaries, "bot"), ["--seconds", String(seconds), ...links.flatMap((link) => ["--link", link])], {
      env: { ...process.env, SSL_CERT_FILE: path.join(this.dir, "ca.pem") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr?.on("data", (chunk: Buffer) => { this.output += chunk.toString(); });
    this.children.push(child);
  }

  /** Runs something until the world ends, and keeps what it says. */
  run(inside: Namespace, command: string, ...args: string[]): void {
    const child = inside.start(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => { this.output += chunk.toString(); });
    this.children.push(child);
  }

  file(name: string, text: string): string {
    const file = path.join(this.dir, name);
    writeFileSync(file, text);
    return file;
  }

  /** What to end before the network goes. */
  atEnd(end: () => Promise<void>): void {
    this.endings.push(end);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.endings.map((end) => end()));
    const running = this.children.filter((child) => child.exitCode === null && child.signalCode === null);
    const ended = running.map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of running) child.kill("SIGTERM");
    await Promise.race([Promise.all(ended), new Promise((resolve) => setTimeout(resolve, 5_000))]);
    this.network.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** speech makes a minute of talk: a beep would be silence to an encoder that sends none. */
function speech(into: string): string {
  const text = [
    "Hello, this is the general practitioner. The patient came in this morning with shortness of breath, and we have taken blood tests.",
    "The oxygen saturation is ninety one percent on air. The heart rate is one hundred and ten, the temperature thirty eight point four.",
    "I would like the advice of the specialist on whether to transport her to the hospital tonight, or to wait until tomorrow morning.",
    "The weather is bad, the helicopter may not fly, and the road over the mountain is closed between ten in the evening and six.",
    "She lives alone, her daughter is with her now, and the home nurse can look in twice during the night if that is of any help.",
    "Please tell me which antibiotics you would choose, how much fluid, and what we should watch until we talk again.",
  ].join(" ");
  const dir = mkdtempSync(path.join(tmpdir(), "samtale-speech-"));
  try {
    execFileSync("espeak-ng", ["-v", "en", "-s", "150", "-w", path.join(dir, "raw.wav"), text]);
    // Shorter pauses: one that lasts is not sent at all, and then nothing is measured.
    const kept = path.join(into, "speech.wav");
    execFileSync("sox", [path.join(dir, "raw.wav"), "-r", "48000", "-c", "1", "-b", "16", kept, "silence", "-l", "1", "0.1", "0.5%", "-1", "0.2", "0.5%", "norm", "-3"]);
    return kept;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
