import { defineConfig } from "@playwright/test";
import { quick } from "./figures";

// The acceptance matrix of calls on bad links. It needs root, and each test makes a network of its own.
export default defineConfig({
  testDir: ".",
  testMatch: "*.matrix.ts",
  outputDir: "../../test-results/links",
  workers: 1,
  timeout: 600_000,
  reporter: [["list"], ["./table.ts"]],
  ...(quick ? { grep: /@quick/ } : {}),
});
