import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** The outcomes of a test that needs a Redis, on a machine that has none. */
async function runWithoutRedis(env: NodeJS.ProcessEnv): Promise<unknown> {
  const script = fileURLToPath(new URL("./process/run-without-redis.ts", import.meta.url));
  const run = fork(script, [], { env: { PATH: process.env.PATH, ...env }, execArgv: [], silent: true });
  const [outcomes] = await Promise.race([once(run, "message"), once(run, "exit")]);
  return outcomes;
}

test("without a Redis a test that needs one is skipped, and its name says so", async () => {
  const name = "queues [skipped, it needs a real Redis: this machine has none] > work";
  expect(await runWithoutRedis({})).toEqual([{ name, state: "skipped" }]);
});

test("with REQUIRE_REDIS=1 it fails instead, because a build server's silence would be taken for success", async () => {
  expect(await runWithoutRedis({ REQUIRE_REDIS: "1" })).toEqual([
    { name: "queues > needs a real Redis", state: "failed" },
  ]);
});
