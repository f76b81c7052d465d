import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Figure } from "./figures";

const file = path.resolve(import.meta.dirname, "../../test-results/links.md");

/** Table writes what was measured beside what must hold, as Markdown: to the terminal and to test-results/links.md. */
export default class Table implements Reporter {
  private readonly rows: string[] = [];
  private readonly skipped = new Set<string>();

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status === "skipped") {
      for (const a of test.annotations) if (a.type === "skip" && a.description) this.skipped.add(a.description);
      return;
    }
    const figures = result.annotations.filter((a) => a.type === "figure").map((a) => JSON.parse(a.description ?? "{}") as Figure);
    const name = test.title.replace(/ @quick/, "");
    for (const f of figures) this.rows.push(`| ${name} | ${f.what} | ${f.wanted} | ${f.measured} | ${f.wanted === "" ? "" : f.held ? "yes" : "**no**"} |`);
    const broke = result.errors.find((e) => !(e.message ?? "").includes(", wanted "));
    if (broke) this.rows.push(`| ${name} | the test itself | ends | ${(broke.message ?? "").split("\n")[0]?.replaceAll("|", "/") ?? ""} | **no** |`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, this.table()); // a run that is ended early has its rows
  }

  onEnd(): void {
    for (const reason of this.skipped) console.log(`\nNot run: ${reason}`);
    if (this.rows.length > 0) console.log(`\n${this.table()}`);
  }

  private table(): string {
    return ["| line | figure | must | measured | held |", "|---|---|---|---|---|", ...this.rows, ""].join("\n");
  }
}
