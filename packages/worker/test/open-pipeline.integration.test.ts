import { migrate } from "@receiver/ledger";
import { startApp } from "@receiver/runtime";
import {
  createDatabase,
  createEmptyDatabase,
  describeWithRedisPair,
  startProxy,
  startRedisPair,
} from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { openPipeline, pipelineEnvironment, pipelineSecrets } from "../src/index.ts";

const config = pipelineEnvironment.transform((env) => ({ secrets: pipelineSecrets(env) }));

/** Starts an app that opens a pipeline on this database and does nothing else. */
function start(databaseUrl: string, redis: { REDIS_URL?: string } = {}) {
  const lines: { level?: string; event?: string; err?: { code: string } }[] = [];
  const starting = startApp({
    name: "test",
    env: { DATABASE_URL: databaseUrl, ...redis },
    config,
    start: async (context) => {
      await openPipeline("test", context);
      return {};
    },
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  const awaited = () => lines.filter(({ event }) => event === "ledger-awaited").map(({ err }) => err?.code);
  const linesOf = (name: string) => lines.filter(({ event }) => event === name);
  return { starting, awaited, linesOf };
}

async function readinessOf({ urls }: { urls: { metricsUrl: string } }): Promise<unknown[]> {
  const ready = await fetch(`${urls.metricsUrl}/readyz`);
  return [ready.status, await ready.json()];
}

describe("a process that opens its pipeline", () => {
  test("waits for a Postgres that is away, and is ready when it is back", async () => {
    const database = await createDatabase();
    const proxy = await startProxy(database.url);
    await proxy.cut();
    const { starting, awaited } = start(proxy.url);
    await expect.poll(awaited, { timeout: 10_000 }).toEqual(["DATABASE_UNAVAILABLE"]);
    await proxy.restore();
    const app = await starting;
    await expect
      .poll(() => readinessOf(app), { timeout: 10_000 })
      .toEqual([200, { status: "ready", checks: { ledger: "ok", queues: "ok" } }]);
    await app.stop();
    await proxy.close();
    await database.drop();
  });

  test("waits for a migration, because jobs would use up their attempts on tables that are not there", async () => {
    const database = await createEmptyDatabase();
    const { starting, awaited } = start(database.url);
    await expect.poll(awaited, { timeout: 10_000 }).toEqual(["SCHEMA_BEHIND"]);
    await migrate(database.url);
    await (await starting).stop();
    await database.drop();
  });
});

describeWithRedisPair("a process whose Redis may evict keys", () => {
  test("says so in the log and to its readiness probe, and starts all the same, because what vanishes is swept", async () => {
    const [database, redis] = await Promise.all([createDatabase(), startRedisPair()]);
    await redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    const { starting, linesOf } = start(database.url, { REDIS_URL: redis.url });
    const app = await starting;
    await expect
      .poll(() => readinessOf(app), { timeout: 10_000 })
      .toEqual([503, { status: "not-ready", checks: { ledger: "ok", queues: "REDIS_MAY_EVICT" } }]);
    await expect
      .poll(() => linesOf("redis-may-evict"))
      .toMatchObject([{ level: "error", err: { code: "REDIS_MAY_EVICT" } }]);
    await redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    await expect
      .poll(() => readinessOf(app), { timeout: 10_000 })
      .toEqual([200, { status: "ready", checks: { ledger: "ok", queues: "ok" } }]);
    await app.stop();
    await Promise.all([redis.stop(), database.drop()]);
  });
});
