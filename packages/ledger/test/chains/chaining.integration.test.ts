import { createEmptyDatabase, danaya, inventFile } from "@receiver/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyChains } from "../../src/chains/verify-chains.ts";
import { openDatabase } from "../../src/database.ts";
import { openLedger } from "../../src/index.ts";
import { up as ledger } from "../../src/migrations/0001-ledger.ts";
import { up as hashChains } from "../../src/migrations/0003-hash-chains.ts";
import type { LedgerTables } from "../../src/tables.ts";
import { openTestLedger, type TestLedger } from "../open-test-ledger.ts";
import { findingsOf } from "./tamper.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

const entry = "insert into audit_log (actor, action, target) values";

test("operators who act at once make one chain, because each follows what the other has committed", async () => {
  const second = openLedger({
    databaseUrl: t.url,
    applicationName: "second",
    rules: { confirm: "never", lookUps: null },
  });
  const queues = Array.from({ length: 20 }, (_, index) => `queue ${index}`);
  await Promise.all(queues.map((queue, index) => (index % 2 ? t.ledger : second).pauses.pause(queue, "awa")));
  await second.close();
  const rows = await t.rows<{ position: string }>("select position from audit_log order by position");
  expect(rows.map(({ position }) => Number(position))).toEqual(queues.map((_, index) => index + 1));
  expect(await findingsOf(t)).toEqual([]);
});

test("who has written an entry holds up nobody until it commits, because work may follow that waits for the other", async () => {
  await t.holding(`${entry} ('awa', 'early', 'x')`, async (commit) => {
    await t.ledger.pauses.pause("meanwhile", "awa");
    await commit();
  });
  const rows = await t.rows<{ action: string }>("select action from audit_log order by position desc limit 2");
  expect(rows.map(({ action }) => action)).toEqual(["early", "queue.pause"]);
  expect(await findingsOf(t)).toEqual([]);
});

test("an entry that is rolled back leaves no gap, because the head goes back with it", async () => {
  await t.holding(`${entry} ('awa', 'given up', 'x'); set constraints all immediate`, async () => undefined);
  expect(await findingsOf(t)).toEqual([]);
});

test("files that merge and part keep their chains, because a row stays with the file that it was written for", async () => {
  const externalId = "one of several";
  const [file, other] = [inventFile("file", { externalId }), inventFile("other", { externalId })];
  const files = async () =>
    (await t.rows<{ merged: boolean }>("select merged_into is not null as merged from client_files")).map(
      ({ merged }) => merged,
    );
  await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file));
  await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
  await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file));
  expect((await files()).toSorted()).toEqual([false, true]);
  expect(await findingsOf(t)).toEqual([]);

  await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(other));
  expect(await files()).toEqual([false, false, false]);
  expect(await findingsOf(t)).toEqual([]);
});

describe("a process of an older version, which knows nothing of chains", () => {
  test("writes chained rows, whatever its session's time zone and whatever it gives for the link", async () => {
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile("by an older one")));
    await t.rows(
      `set local timezone = 'Asia/Kathmandu'; set local datestyle = 'SQL, DMY';
      insert into transitions (client_file_id, version, from_state, to_state, occurred_at, recorded_at, cause, reversal)
        select client_file_id, version, to_state, 'REÇU "ici"', occurred_at, now(), cause, false from transitions limit 1;
      ${entry} ('awa', 'plainly', 'x');
      insert into audit_log (at, actor, action, target, position, hash, previous_hash)
        values ('2026-11-22T12:00:00.123456Z', 'mallory', 'forge', 'x', 1, '\\x00', '\\x00')`,
    );
    expect(await findingsOf(t)).toEqual([]);
  });
});

describe("refuses, and says why", () => {
  test.each([
    "update transitions set to_state = 'APPROVED'",
    "delete from transitions",
    "truncate transitions",
    "truncate client_files cascade",
    "update audit_log set actor = 'somebody else'",
    "delete from audit_log",
    "truncate audit_log",
    "update chain_heads set position = 1",
    "delete from chain_heads",
    "truncate chain_heads",
  ])("%s", async (statement) => {
    await expect(t.rows(statement)).rejects.toThrow(/never changed or removed: they are chained by hash/);
  });
});

test("rows that were there before the chains are chained in the order of their ids, and those to come follow them", async () => {
  const database = await createEmptyDatabase();
  const db = openDatabase<LedgerTables>({ databaseUrl: database.url, applicationName: "test" });
  await ledger(db as never);
  const file = (name: string) => sql`
    insert into client_files (id, company_id, home_space, home_id, file_uuid, state, flags, opened_at, last_event_at, view, customer_view)
    values (md5(${name})::uuid, '1', 'uuid', ${name}, ${name}, 'RECEIVED', '{}', now(), now(), 'null', 'null')`;
  await file("a").execute(db);
  await file("b").execute(db);
  await sql`insert into events (id, company_id, source, occurred_at, file_uuid, version, facts) values ('e', '1', 'x', now(), 'a', 1, '{}')`.execute(
    db,
  );
  const steps = sql`
    insert into transitions (client_file_id, version, from_state, to_state, occurred_at, recorded_at, cause, reversal)
    select md5(case when n % 3 = 0 then 'b' else 'a' end)::uuid, n, 'RECEIVED', 'APPROVED', now(), now(), 'e', false
    from generate_series(1, 12) n`;
  const acts = sql`insert into audit_log (actor, action, target) select 'awa', 'act', n::text from generate_series(1, 5) n`;
  await steps.execute(db);
  await acts.execute(db);

  await db.transaction().execute((trx) => hashChains(trx as never));
  await steps.execute(db);
  await acts.execute(db);

  const found: unknown[] = [];
  const verified = await verifyChains(db, { found: (finding) => found.push(finding), progress: () => undefined });
  expect(found).toEqual([]);
  expect(verified).toEqual({ rows: 34, chains: 3, findings: 0 });
  const places = await sql<{ placed: boolean }>`
    select array_agg(id order by id) = array_agg(id order by position) as placed from transitions group by client_file_id`.execute(
    db,
  );
  expect(places.rows).toEqual([{ placed: true }, { placed: true }]);
  await db.destroy();
  await database.drop();
});
