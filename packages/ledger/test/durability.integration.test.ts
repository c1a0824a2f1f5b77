import { createLogger, createMetrics } from "@receiver/runtime";
import { createDatabase, danaya, inventFile, type OwnPostgres, startPostgres, startProxy } from "@receiver/testing";
import { Client, type ClientConfig } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openInbox, watchDurability } from "../src/inbox/index.ts";
import { migrate, openLedger } from "../src/index.ts";
import { incoming } from "./open-test-ledger.ts";

describe("whether Postgres keeps what it commits", () => {
  let postgres: OwnPostgres;
  /** Of a role that may do what the apps do, and nothing else. */
  let plainUrl: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    await migrate(postgres.url);
    await postgres.run("create role plain login password 'plain'");
    const url = new URL(postgres.url);
    [url.username, url.password] = ["plain", "plain"];
    plainUrl = url.href;
  });
  afterEach(async () => {
    await postgres.configure({ fsync: null, full_page_writes: null, synchronous_standby_names: null });
    await postgres.run("alter database receiver reset synchronous_commit");
  });
  afterAll(() => postgres.stop());

  const asked = async (databaseUrl: string) => {
    const ledger = openLedger({ databaseUrl, applicationName: "test" }); // a session keeps the settings that it began with
    return ledger.weaknesses().finally(ledger.close);
  };
  /** What the superuser and a plain role are told: the same, or the check would depend on who asks. */
  const weaknesses = async () => {
    const [all, plain] = await Promise.all([asked(postgres.url), asked(plainUrl)]);
    expect(plain).toEqual(all);
    return plain;
  };
  /** A connection that WAL could be sent over, as a standby, pg_receivewal and an archiver have one. */
  const connectStandby = async () => {
    const config: ClientConfig & { replication: string } = { connectionString: postgres.url, replication: "true" };
    const client = new Client(config);
    client.on("error", () => undefined); // it may outlive the server
    await client.connect();
    onTestFinished(() => client.end());
  };

  test("is told of a server as it is installed: nothing is weak", async () => {
    expect(await weaknesses()).toEqual([]);
  });

  test("is told of the server's settings and of those of the database", async () => {
    await postgres.run("alter database receiver set synchronous_commit = off");
    expect(await weaknesses()).toEqual(["commit-not-synchronous"]);
    await postgres.configure({ fsync: "off", full_page_writes: "off" });
    await expect.poll(weaknesses).toEqual(["fsync-off", "full-page-writes-off", "commit-not-synchronous"]);
  });

  test("is told of a standby, whatever of it our role may see", async () => {
    await connectStandby();
    expect(await weaknesses()).toEqual(["standby-not-synchronous"]);
    await postgres.configure({ synchronous_standby_names: "*" });
    await expect.poll(weaknesses).toEqual([]);
    await postgres.configure({ synchronous_standby_names: null }); // or the next statement would wait for it
    await postgres.run("alter database receiver set synchronous_commit = remote_write");
    await postgres.configure({ synchronous_standby_names: "*" });
    await expect.poll(weaknesses).toEqual(["standby-not-flushed"]);
  });

  test("nothing is answered while the standby that commits wait for is away, because a failover would lose it", async () => {
    await postgres.configure({ synchronous_standby_names: "away" });
    await expect.poll(weaknesses).toEqual([]);
    const inbox = openInbox({ databaseUrl: postgres.url, applicationName: "test" });
    const delivery = incoming(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("waits")));
    await expect(inbox.receive(delivery)).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    await postgres.configure({ synchronous_standby_names: null });
    await expect.poll(() => inbox.receive(delivery)).toMatchObject({ disposition: "duplicate" });
    await inbox.close();
  });
});

describe("a process that opens its database", () => {
  /** Watches an inbox on a database that lacks durability, by a way that can be cut. */
  async function watch() {
    const database = await createDatabase();
    const proxy = await startProxy(database.url);
    const admin = new Client(database.url);
    await admin.connect();
    await admin.query(`alter database "${new URL(database.url).pathname.slice(1)}" set synchronous_commit = off`);
    await admin.end();
    await proxy.cut();
    const inbox = openInbox({ databaseUrl: proxy.url, applicationName: "test" });
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const logger = createLogger({ app: "test", level: "debug", destination });
    const metrics = createMetrics({ app: "test" });
    const stopping = new AbortController();
    const watched = watchDurability(inbox, { logger, metrics, stopping: stopping.signal });
    onTestFinished(async () => {
      watched.close();
      await inbox.close();
      await proxy.close();
      await database.drop();
    });
    return { proxy, inbox, lines, stopping, scrape: () => metrics.registry.metrics() };
  }

  test("is told once when Postgres first answers, however long that takes, and has a gauge", async () => {
    const { proxy, lines, scrape } = await watch();
    expect(await scrape()).toMatch(/^receiver_database_durable\{app="test"\} nan$/im);
    expect(lines).toEqual([]);
    await proxy.restore();
    await expect
      .poll(() => lines, { timeout: 10_000 })
      .toMatchObject([
        { level: "error", event: "durability-weak", codes: expect.arrayContaining(["commit-not-synchronous"]) },
      ]);
    expect(await scrape()).toMatch(/^receiver_database_durable\{app="test"\} 0$/m);
    expect(lines).toHaveLength(1);
  });
});
