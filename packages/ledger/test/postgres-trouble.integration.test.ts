import { danaya, inventFile, startProxy } from "@receiver/testing";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "../src/database.ts";
import { openInbox } from "../src/inbox/index.ts";
import { openLedger } from "../src/index.ts";
import { rulesWithoutApi } from "../src/rules.ts";
import type { LedgerTables } from "../src/tables.ts";
import { inTransaction, type LedgerTransaction } from "../src/transaction.ts";
import { dumpTables } from "./dump-tables.ts";
import { idOf, incoming, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const away = { code: "DATABASE_UNAVAILABLE", infrastructure: true };
const HEALING = { timeout: 20_000 };
const contended = { code: "DATABASE_CONTENTION", infrastructure: false };

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
  await t.rows("create sequence refusals");
});
afterAll(async () => t[Symbol.asyncDispose]());
afterEach(() => t.rows("drop function if exists refuse cascade"));

const retry = (seed: string) => danaya.RETRY_DOCUMENT_VERIFICATION(inventFile(seed));

/** Whoever writes an event meets this error so many times; the count outlives the rollback. */
async function refuseEvents(sqlState: string, times: number): Promise<void> {
  await t.rows("alter sequence refusals restart");
  await t.rows(`create function refuse() returns trigger language plpgsql as $$
    begin
      if nextval('refusals') <= ${times} then raise exception 'refused' using errcode = '${sqlState}'; end if;
      return new;
    end $$`);
  await t.rows("create trigger refuse after insert on events for each row execute function refuse()");
}
const refusals = async () => (await t.rows<{ last: number }>("select last_value::int as last from refusals"))[0]?.last;

/** The way to Postgres that can be taken in the middle of an answer. */
async function throughProxy() {
  const proxy = await startProxy(t.url);
  const ledger = openLedger({ databaseUrl: proxy.url, applicationName: "test", rules: rulesWithoutApi });
  const inbox = openInbox({ databaseUrl: proxy.url, applicationName: "test" });
  onTestFinished(async () => {
    await Promise.all([ledger.close(), inbox.close()]);
    await proxy.close();
  });
  return { proxy, ledger, inbox };
}
const statusOf = async (id: string) => (await t.ledger.deliveries.get(id))?.status;

describe("a Postgres that is restarted", () => {
  test("ends every connection, and is talked to on new ones by who asks again", async () => {
    const bodies = ["one", "two", "three", "four"].map((seed) => retry(`restarted ${seed}`));
    await Promise.all(bodies.map((body) => t.receive(body)));
    await t.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'test' and pid <> pg_backend_pid()`,
    );
    const apply = (body: (typeof bodies)[number]) =>
      vi.waitFor(async () => {
        const outcome = await t.ledger
          .applyDelivery(idOf(body), NOW)
          .catch((thrown) => expect(thrown).toMatchObject(away));
        expect(outcome).toMatchObject({ kind: "applied" });
      }, HEALING);
    await Promise.all(bodies.map(apply));
  });
});

describe("a commit whose answer is lost", () => {
  test("is an outage to the worker, and leaves nothing to do for the next run", async () => {
    const { proxy, ledger } = await throughProxy();
    await t.subscribe();
    const body = retry("answer lost");
    await t.receive(body);
    await t.rows(`create function refuse() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(4711); return null; end $$`);
    await t.rows(`create constraint trigger refuse after update on deliveries deferrable initially deferred
      for each row execute function refuse()`);

    let applying: Promise<void> | undefined;
    await t.holding("select pg_advisory_xact_lock(4711)", async () => {
      applying = expect(ledger.applyDelivery(idOf(body), NOW)).rejects.toMatchObject(away);
      await t.untilWaiting(); // Postgres is in the middle of the commit
      proxy.hang();
    });
    await expect.poll(() => statusOf(idOf(body)), HEALING).toBe("applied");
    await proxy.cut();
    await applying;
    const committed = await dumpTables(t);

    await proxy.restore();
    expect(await ledger.applyDelivery(idOf(body), NOW)).toEqual({ kind: "already-applied" });
    expect(await dumpTables(t)).toEqual(committed);
  });

  test("is a 503 of the ingress, and the copy that comes after it is a duplicate that is still to be woken", async () => {
    const { proxy, inbox } = await throughProxy();
    const delivery = incoming(retry("receipt lost"));
    let receiving: Promise<void> | undefined;
    await t.holding("lock table deliveries in exclusive mode", async () => {
      receiving = expect(inbox.receive(delivery)).rejects.toMatchObject(away);
      await t.untilWaiting();
      proxy.hang();
    });
    await expect.poll(() => statusOf(delivery.id), HEALING).toBe("pending");
    await proxy.cut();
    await receiving;
    await proxy.restore();
    expect(await inbox.receive(delivery)).toEqual({ disposition: "duplicate", publish: { epoch: 0 } });
  });
});

describe("a transaction that Postgres ends in favour of another", () => {
  test("by a serialization failure is run again, and nobody hears of it", async () => {
    const body = retry("serialization failure");
    await t.receive(body);
    await refuseEvents("40001", 2);
    expect(await t.ledger.applyDelivery(idOf(body), NOW)).toMatchObject({ kind: "applied", changes: [{ version: 1 }] });
    expect(await refusals()).toBe(3);
  });

  test("every time costs its delivery an attempt, because something else is wrong then", async () => {
    const body = retry("serialization failures without end");
    await t.receive(body);
    const before = await dumpTables(t);
    await refuseEvents("40001", 1_000);
    await expect(t.ledger.applyDelivery(idOf(body), NOW)).rejects.toMatchObject(contended);
    expect(await dumpTables(t)).toEqual(before);
  });

  test("by a real deadlock is run again, both of them with all their effects", async () => {
    const db = openDatabase<LedgerTables>({ databaseUrl: t.url, applicationName: "test" });
    const runs: string[] = [];
    let holders = 0;
    const bothHoldOne = Promise.withResolvers<void>();
    const lock = (trx: LedgerTransaction, key: number) => sql`select pg_advisory_xact_lock(${key})`.execute(trx);
    const work = (name: string, keys: [number, number]) =>
      inTransaction(db, async (trx) => {
        runs.push(name);
        await trx.insertInto("queue_pauses").values({ queue: name, paused_by: "awa" }).execute();
        await lock(trx, keys[0]);
        holders += 1;
        if (holders === 2) bothHoldOne.resolve();
        await bothHoldOne.promise;
        await lock(trx, keys[1]);
      });
    await Promise.all([work("one", [1, 2]), work("other", [2, 1])]);
    await db.destroy();
    expect(runs.length, "one of them was the victim").toBe(3);
    expect((await t.ledger.pauses.list()).sort()).toEqual(["one", "other"]);
  });
});

describe("a Postgres whose disk is full", () => {
  test("stores nothing, which is told to the ingress, and is no fault of what it was given", async () => {
    const { inbox } = t;
    await t.rows(`create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file' using errcode = '53100'; end $$`);
    await t.rows("create trigger refuse before insert on delivery_bodies for each row execute function refuse()");
    const deliveries = ["one", "two", "three"].map((seed) => incoming(retry(`disk full ${seed}`)));
    const outcomes = await Promise.allSettled(deliveries.map((delivery) => inbox.receive(delivery)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "rejected", reason: away });

    await t.rows("drop function refuse cascade");
    const received = await Promise.all(deliveries.map((delivery) => inbox.receive(delivery)));
    expect(received.map(({ disposition }) => disposition)).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("applies nothing by halves, costs no attempt, and applies all of it when there is room", async () => {
    await t.subscribe();
    const body = retry("disk full in mid-transaction");
    await t.receive(body);
    const before = await dumpTables(t);
    await refuseEvents("53100", 1);
    await expect(t.ledger.applyDelivery(idOf(body), NOW)).rejects.toMatchObject(away);
    expect(await refusals(), "it was not run again at once").toBe(1);
    expect(await dumpTables(t)).toEqual(before);
    expect(await t.ledger.applyDelivery(idOf(body), NOW)).toMatchObject({ kind: "applied" });
  });
});

describe("a pool whose connections are all lent", () => {
  test("says so within the time to connect, as nobody's fault, and lends again what comes back", async () => {
    const ledger = openLedger({ databaseUrl: t.url, applicationName: "test", poolSize: 1, rules: rulesWithoutApi });
    const [holding, waiting] = [retry("holds the one"), retry("finds none")];
    await Promise.all([t.receive(holding), t.receive(waiting)]);
    let held: Promise<unknown> | undefined;
    await t.holding("lock table events in access exclusive mode", async () => {
      held = ledger.applyDelivery(idOf(holding), NOW);
      await t.untilWaiting();
      const startedAt = performance.now();
      await expect(ledger.applyDelivery(idOf(waiting), NOW)).rejects.toMatchObject(away);
      expect(performance.now() - startedAt).toBeLessThan(4_500);
    });
    expect(await held).toMatchObject({ kind: "applied" });
    expect(await ledger.applyDelivery(idOf(waiting), NOW)).toMatchObject({ kind: "applied" });
    await ledger.close();
  });
});
