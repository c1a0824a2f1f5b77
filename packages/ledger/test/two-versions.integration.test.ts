import { danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { idOf, NOW, openTestLedger, settledFiles, type TestLedger } from "./open-test-ledger.ts";

/** This version is the older one here: what a newer one may add must not disturb it while it is being replaced. */
let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

const by = { actor: "awa", reason: null };

test("a process goes on when a migration adds a column under statements that it has prepared", async () => {
  await using own = await openTestLedger();
  const story = (seed: string) => {
    const file = inventFile(seed);
    return [danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file), danaya.RETRY_DOCUMENT_VERIFICATION(file)];
  };
  const warm = Array.from({ length: 10 }, (_, index) => story(`before the migration ${index}`));
  await Promise.all(warm.map((bodies) => own.deliver(bodies[0] as never))); // on several connections
  for (const bodies of warm) await own.deliver(bodies[1] as never);
  await own.rows("alter table events add of_tomorrow text"); // which is read with all its columns
  const outcomes = await Promise.all(story("after the migration").map((body) => own.deliver(body)));
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(["applied", "applied"]);
});

test("a process goes on beside columns, tables and migrations that a newer version added", async () => {
  const tables = await t.rows<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_name not like 'kysely%'",
  );
  for (const { name } of tables) {
    await t.rows(`alter table ${name} add of_tomorrow text, add also_of_tomorrow integer not null default 7`);
  }
  await t.rows("create table of_tomorrow (id text primary key)");
  await t.rows("insert into kysely_migration (name, timestamp) values ('9999-of-tomorrow', 'now')");

  await t.ledger.check();
  const subscriber = await t.subscribe();
  const file = inventFile("beside a newer version");
  for (const body of [danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file), danaya.RETRY_DOCUMENT_VERIFICATION(file)]) {
    expect((await t.deliver(body)).outcome).toMatchObject({ kind: "applied" });
  }
  const failed = danaya.CLIENT_FILE_STATUS_CHANGED(file);
  await t.receive(failed);
  await t.ledger.recordDeliveryFailure(idOf(failed), { code: "INTERNAL", frames: [], epoch: 0, now: NOW });
  const selection = { filter: { status: "failed" }, limit: 10 } as const;
  expect((await t.ledger.deliveries.dryRunReplay(selection, NOW)).deliveryIds).toEqual([idOf(failed)]);
  expect((await t.ledger.deliveries.replay(selection, by)).deliveryIds).toEqual([idOf(failed)]);
  const later = new Date(NOW.getTime() + 1);
  const { wakeUps } = await t.ledger.sweep.overdue("deliveries", { before: later, after: null, limit: 10 });
  expect(wakeUps).toMatchObject([{ id: idOf(failed), epoch: 1 }]);
  expect(await t.ledger.applyDelivery(idOf(failed), NOW)).toMatchObject({ kind: "applied" });
  expect(await settledFiles(t.ledger)).toMatchObject([{ state: "APPROVED" }]);
  expect((await t.toldTo(subscriber)).at(-1)).toMatchObject({ type: "client_file.approved" });
});

test("an older process folds the facts that a newer one read and leaves them as they are, though it applies the delivery again", async () => {
  const retry = danaya.RETRY_DOCUMENT_VERIFICATION(inventFile("read by a newer version"));
  await t.deliver(retry);
  const facts = "select version, facts from events where id = $1";
  await t.rows("update events set version = version + 1, facts = facts || '{\"ofTomorrow\": [1]}' where id = $1", [
    idOf(retry),
  ]);
  const read = await t.rows(facts, [idOf(retry)]);
  const files = await settledFiles(t.ledger);
  await t.ledger.deliveries.replay({ id: idOf(retry) }, by);
  expect(await t.ledger.applyDelivery(idOf(retry), NOW)).toMatchObject({ kind: "applied" });
  expect(await t.rows(facts, [idOf(retry)])).toEqual(read);
  expect(await settledFiles(t.ledger)).toEqual(files);
});

test("a file of which a newer version tells something unheard of waits for that version, because to leave it out would misread the file", async () => {
  const file = inventFile("told of by a newer version");
  const [retry, decision] = [danaya.RETRY_DOCUMENT_VERIFICATION(file), danaya.CLIENT_FILE_STATUS_CHANGED(file)];
  await t.deliver(retry);
  await t.rows("update events set source = 'OF_TOMORROW' where id = $1", [idOf(retry)]);
  const files = await settledFiles(t.ledger);

  await t.receive(decision);
  await expect(t.ledger.applyDelivery(idOf(decision), NOW)).rejects.toMatchObject({
    code: "EVENT_FROM_NEWER_VERSION",
    infrastructure: true, // hence at no cost for the delivery
    retryInMs: 30_000,
  });
  expect(await settledFiles(t.ledger)).toEqual(files);

  await t.rows("update events set source = 'RETRY' where id = $1", [idOf(retry)]);
  expect(await t.ledger.applyDelivery(idOf(decision), NOW)).toMatchObject({ kind: "applied" });
});
