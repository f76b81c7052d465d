import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server replaces __CSP_NONCE__ in index.html for each request; hashed assets are immutable.
export default defineConfig({
  plugins: [react()],
  html: { cspNonce: "__CSP_NONCE__" },
  build: { target: "es2022", sourcemap: false, modulePreload: { polyfill: false } },
  server: {
    proxy: {
      "/v1": "http://localhost:8080",
      "/demo/api": "http://localhost:8080",
      "/ws": { target: "ws://localhost:8080", ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
