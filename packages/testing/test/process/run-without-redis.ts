import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";
import type { Services } from "../../src/services.ts";

// Started by a test: runs `needs-redis.ts` as on a machine that has no Redis, and tells the outcomes.

const required = process.env.REQUIRE_REDIS === "1";
const redis: Services["redis"] = { kind: "missing", why: "this machine has none", required };
const vitest = await startVitest("test", [], {
  config: false,
  root: fileURLToPath(new URL(".", import.meta.url)),
  include: ["needs-redis.ts"],
  provide: { services: { postgresUrl: "", databasePrefix: "", redis } },
  reporters: [{}],
  watch: false,
});
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
process.send?.(tests.map((test) => ({ name: test.fullName, state: test.result().state })));
await vitest.close();
