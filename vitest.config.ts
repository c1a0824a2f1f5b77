import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { COMPILE_CACHE } from "./packages/testing/src/inherited.ts";

process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE; // of the workers, and of every process that a test starts

/** One Postgres for all tests of a project, and a way to start a Redis. */
const servers = fileURLToPath(new URL("packages/testing/src/global-setup.ts", import.meta.url));
const everywhere = (suffix: string) => [`{apps,packages,scripts,e2e,chaos,fuzz}/**/test/**/*.${suffix}.ts`];

export default defineConfig({
  test: {
    reporters: process.env.CI ? ["default", ["json", { outputFile: "test-results.json" }]] : ["default"],
    // Most of a test's time is waiting: for locks to expire, for processes to start and to end.
    maxWorkers: 3,
    // What is polled for takes milliseconds, and on a machine at its limit seconds: a state that never comes still fails.
    expect: { poll: { timeout: 15_000, interval: 50 } },
    // A file gets its worker's modules as the last one left them: loading them anew took a third of the unit tests' time.
    isolate: false,
    projects: [
      {
        test: {
          name: "unit",
          testTimeout: 60_000, // property tests take seconds where nothing else runs
          include: everywhere("test"),
          exclude: [
            "**/node_modules/**",
            ...["integration", "e2e", "drill"].flatMap((kind) => everywhere(`${kind}.test`)),
          ],
        },
      },
      {
        test: {
          name: "integration",
          include: everywhere("integration.test"),
          exclude: ["**/node_modules/**"],
          globalSetup: [servers],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "drills", // minutes long, or true only of a machine that does nothing else: `npm run test:drills`
          include: everywhere("drill.test"),
          exclude: ["**/node_modules/**"],
          globalSetup: [servers],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: everywhere("e2e.test"),
          exclude: ["**/node_modules/**"],
          globalSetup: [servers],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
