import { migrate } from "@receiver/ledger";
import { startApp } from "@receiver/runtime";
import { createDatabase, createEmptyDatabase, startProxy } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { openPipeline, pipelineEnvironment, pipelineSecrets } from "../src/index.ts";

const config = pipelineEnvironment.transform((env) => ({ secrets: pipelineSecrets(env) }));

/** Starts an app that opens a pipeline on this database and does nothing else. */
function start(databaseUrl: string) {
  const lines: { event?: string; err?: { code: string } }[] = [];
  const starting = startApp({
    name: "test",
    env: { DATABASE_URL: databaseUrl },
    config,
    start: async (context) => {
      await openPipeline("test", context);
      return {};
    },
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  const awaited = () => lines.filter(({ event }) => event === "ledger-awaited").map(({ err }) => err?.code);
  return { starting, awaited };
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
    const ready = await fetch(`${app.urls.metricsUrl}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: "ready", checks: { ledger: "ok", queues: "ok" } },
    ]);
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
