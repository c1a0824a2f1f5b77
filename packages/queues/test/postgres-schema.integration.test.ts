import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { toReceiverError } from "@receiver/runtime";
import { createEmptyDatabase, startProxy, type TestDatabase } from "@receiver/testing";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { chooseBackend, createWorker } from "../src/index.ts";
import { queryDatabase } from "./dump-postgres.ts";
import { forkQueueProcess, nextMessage } from "./fork-queue-process.ts";
import { openBench, QUEUE, untilState } from "./queue-bench.ts";
import { silentLogger } from "./silent-logger.ts";

describe("the Postgres backend", () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  it("lets several processes start on an empty database at once, and end", async () => {
    const children = Array.from({ length: 4 }, () => forkQueueProcess("come-and-go", { databaseUrl: database.url }));
    await Promise.all(children.map(nextMessage));
    const exits = children.map((child) => {
      const exited = once(child, "exit");
      child.send("close");
      return exited;
    });
    expect(await Promise.all(exits)).toEqual(children.map(() => [0, null]));
  });

  it("outlives a connection that breaks while it looks at its schema, and works once it can connect", async () => {
    await using stack = new AsyncDisposableStack();
    const empty = stack.adopt(await createEmptyDatabase(), ({ drop }) => drop());
    const proxy = stack.adopt(await startProxy(empty.url), ({ close }) => close());
    const holder = stack.adopt(new Client(empty.url), (client) => client.end());
    await holder.connect();
    await holder.query("begin");
    await holder.query("create schema bullmq"); // whoever wants to make it waits for us
    const bench = openBench(chooseBackend({ databaseUrl: proxy.url }));
    stack.defer(() => bench.close());
    const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    await vi.waitUntil(async () => (await queryDatabase(empty.url, waiting)).length > 0, { timeout: 10_000 });
    await proxy.cut();
    await holder.query("rollback");
    await proxy.restore();
    await vi.waitFor(() => bench.producer.check(), { timeout: 10_000, interval: 50 });
  });

  it("keeps to a schema of its own, because the ledger's tables lie beside it", async () => {
    const bench = openBench(chooseBackend({ databaseUrl: database.url }));
    await bench.producer.check();
    const schemas = await queryDatabase(
      database.url,
      `select distinct n.nspname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       union select distinct n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`,
    );
    expect(schemas).toEqual([{ name: "bullmq" }]);
    await bench.close();
  });

  it("refuses to publish within two seconds while the database is away, and publishes again when it is back", async () => {
    const proxy = await startProxy(database.url);
    await proxy.cut();
    const bench = openBench(chooseBackend({ databaseUrl: proxy.url }));
    await expect(bench.publish()).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE", infrastructure: true });
    await proxy.restore();
    await bench.publishOnceBack({ timeout: 5_000 });
    proxy.hang();
    // Against a timer of the same process, which a loaded machine holds up as long.
    const late = pause(2_300, "later than 2.3 s");
    const refused = bench.publish().then(
      () => "published",
      (thrown: unknown) => toReceiverError(thrown).code,
    );
    expect(await Promise.race([refused, late])).toBe("DATABASE_UNAVAILABLE");
    await proxy.restore();
    await bench.publishOnceBack({ timeout: 10_000 });
    await bench.close();
    await proxy.close();
  });

  it("refuses to make a worker while the database is away, because it would never come to life", async () => {
    const backend = chooseBackend({ databaseUrl: "postgres://nobody@127.0.0.1:1/none" });
    const handlers = { process: async () => {}, failedForGood: async () => {}, available: async () => {} };
    const making = createWorker(backend, QUEUE, handlers, { logger: silentLogger });
    await expect(making).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  });

  it("goes on with jobs when the database was away while the worker waited", async () => {
    const proxy = await startProxy(database.url);
    const bench = openBench(chooseBackend({ databaseUrl: proxy.url }));
    await bench.work({});
    await untilState(bench.producer, await bench.publish(), "completed");
    await proxy.cut();
    await expect(bench.publish()).rejects.toThrow();
    await proxy.restore();
    const key = await bench.publishOnceBack({ timeout: 5_000 });
    await untilState(bench.producer, key, "completed", 20_000);
    await bench.close();
    await proxy.close();
  });
});
