import { createDatabase, danaya, inventFile, startProxy, type TestDatabase } from "@receiver/testing";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openDatabase } from "../src/database.ts";
import { type Inbox, openInbox } from "../src/inbox/index.ts";
import { openLedger } from "../src/index.ts";
import type { LedgerTables } from "../src/tables.ts";
import { inTransaction, query } from "../src/transaction.ts";
import { incoming } from "./open-test-ledger.ts";

let database: TestDatabase;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let inbox: Inbox;
let direct: Client;
beforeEach(async () => {
  database = await createDatabase();
  proxy = await startProxy(database.url);
  inbox = openInbox({ databaseUrl: proxy.url, applicationName: "test" });
  direct = new Client(database.url);
  await direct.connect();
});
afterEach(async () => {
  await direct.end();
  await proxy.cut(); // ends what still hangs
  await inbox.close();
  await proxy.close();
  await database.drop();
});

const away = { code: "DATABASE_UNAVAILABLE", infrastructure: true };
const delivery = (seed: string) => incoming(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(seed)));

async function took(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe("a database that is gone", () => {
  test("is told at once, and forgotten when it is back, because the provider waits for an answer", async () => {
    await inbox.receive(delivery("before"));
    await proxy.cut();
    const quick = await took(async () => {
      await expect(inbox.receive(delivery("while"))).rejects.toMatchObject(away);
      await expect(inbox.check()).rejects.toMatchObject(away);
    });
    expect(quick).toBeLessThan(1_000);

    await proxy.restore();
    await inbox.check();
    expect(await inbox.receive(delivery("while"))).toEqual({ disposition: "accepted", publish: { epoch: 0 } });
    expect(await inbox.receive(delivery("before"))).toMatchObject({ disposition: "duplicate" });
  });

  test("rejects all that waited for one commit, each with a code that costs a job no attempt", async () => {
    await inbox.receive(delivery("before"));
    proxy.hang();
    const waiting = Array.from({ length: 30 }, (_, index) => inbox.receive(delivery(`waiting ${index}`)));
    const settled = Promise.allSettled(waiting);
    await proxy.cut();

    for (const outcome of await settled) expect(outcome).toMatchObject({ status: "rejected", reason: away });
  });
});

describe("a database that accepts and never answers", () => {
  test("is given up within the time that a provider grants, on open connections and new ones", async () => {
    await inbox.receive(delivery("before")); // opens one; the probe needs another
    proxy.hang();
    const patience = await took(async () => {
      await Promise.all([
        expect(inbox.receive(delivery("while"))).rejects.toMatchObject(away),
        expect(inbox.check()).rejects.toMatchObject(away),
      ]);
    });
    expect(patience).toBeLessThan(4_900);

    await proxy.restore();
    await vi.waitFor(() => inbox.check(), { timeout: 5_000 });
    expect(await inbox.receive(delivery("after"))).toMatchObject({ disposition: "accepted" });
  });

  test("leaves nobody in a transaction that is not his, because the server runs late what was given up", async () => {
    const db = openDatabase<LedgerTables>({
      databaseUrl: proxy.url,
      applicationName: "test",
      poolSize: 1,
      statementTimeoutMs: 100,
    });
    const write = () => db.insertInto("queue_pauses").values({ queue: "q", paused_by: "awa" }).execute();
    await query(() => db.selectFrom("queue_pauses").selectAll().execute());
    proxy.hang();
    await expect(inTransaction(db, async () => undefined)).rejects.toMatchObject(away); // gives up at its first word, "start transaction"
    await proxy.restore();
    await query(write);

    expect((await direct.query("select queue from queue_pauses")).rows).toEqual([{ queue: "q" }]);
    await db.destroy();
  });
});

describe("what the inbox is asked before it is given anything", () => {
  test("a standby is not ready, because it would store nothing", async () => {
    await direct.query(
      `alter database "${new URL(database.url).pathname.slice(1)}" set default_transaction_read_only = on`,
    );
    await expect(inbox.check()).rejects.toMatchObject(away);
    await expect(inbox.receive(delivery("to a standby"))).rejects.toMatchObject(away);
  });
});

describe("the ledger", () => {
  test("maps what happens to its connections, because the worker pauses on this code and no other", async () => {
    const ledger = openLedger({ databaseUrl: proxy.url, applicationName: "test" });
    await ledger.check();
    await proxy.cut();
    await expect(ledger.clientFiles.list({ limit: 1 })).rejects.toMatchObject(away);
    await expect(ledger.applyDelivery("0".repeat(40), new Date())).rejects.toMatchObject(away);
    await proxy.restore();
    await expect(ledger.applyDelivery("0".repeat(40), new Date())).resolves.toEqual({ kind: "not-found" });
    await ledger.close();
  });

  test("a statement that takes too long costs an attempt, because one poisonous delivery must not hold up all others", async () => {
    const ledger = openLedger({ databaseUrl: database.url, applicationName: "test", statementTimeoutMs: 100 });
    await direct.query("begin");
    await direct.query("lock table status_maps in access exclusive mode");
    await expect(ledger.statusMap.current()).rejects.toMatchObject({
      code: "DATABASE_CONTENTION",
      infrastructure: false,
    });
    await direct.query("rollback");
    await ledger.close();
  });
});
