import { danaya, documentedFixtures, inventFile } from "@receiver/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedger } from "../src/index.ts";
import { rulesWithoutApi } from "../src/rules.ts";
import { dumpTables } from "./dump-tables.ts";
import { idOf, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

describe("a transaction that is killed", () => {
  // Where it is held up: at its first lock, at its first row, and when all but the timers and the outbox are written.
  test.each(["events", "client_files", "transitions", "follow_ups", "notifications"])(
    "when it gets to %s leaves nothing behind, and the delivery is applied once when it is tried again",
    async (table) => {
      await t.subscribe();
      const body = danaya.RETRY_DOCUMENT_VERIFICATION(inventFile(`killed at ${table}`));
      await t.receive(body);
      const before = await dumpTables(t);

      await t.holding(`lock table ${table} in access exclusive mode`, async () => {
        const killed = expect(t.ledger.applyDelivery(idOf(body), NOW)).rejects.toMatchObject({
          code: "DATABASE_UNAVAILABLE",
          infrastructure: true,
        });
        await t.rows("select pg_terminate_backend($1)", [await t.untilWaiting()]);
        await killed;
      });

      expect(await dumpTables(t)).toEqual(before);
      expect(await t.ledger.applyDelivery(idOf(body), NOW)).toMatchObject({
        kind: "applied",
        changes: [{ version: 1 }],
      });
      expect(await t.ledger.applyDelivery(idOf(body), NOW)).toEqual({ kind: "already-applied" });
    },
  );
});

describe("one delivery taken by eight workers at once", () => {
  test("is applied by exactly one of them, whatever it is", async () => {
    const workers = Array.from({ length: 8 }, () =>
      openLedger({ databaseUrl: t.url, applicationName: "test", poolSize: 1, rules: rulesWithoutApi }),
    );
    const types = Object.keys(danaya) as (keyof typeof danaya)[];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), fc.uuid(), async (type, seed) => {
        const body = danaya[type](inventFile(seed));
        await t.receive(body);
        const outcomes = await Promise.all(workers.map((worker) => worker.applyDelivery(idOf(body), NOW)));
        expect(outcomes.map(({ kind }) => kind).sort()).toEqual(
          ["already-applied", "applied"].flatMap((kind) => Array<string>(kind === "applied" ? 1 : 7).fill(kind)),
        );
      }),
      { numRuns: 25 },
    );
    await Promise.all(workers.map((worker) => worker.close()));
  });
});

describe("contention", () => {
  test("of deliveries that lock each other's files in every order ends with all applied, because a deadlock is run again", async () => {
    // A ring of externalIds: each delivery's neighbours are the next one's own.
    const ring = Array.from({ length: 12 }, (_, index) => {
      const file = inventFile(`ring ${index}`, { companyId: 55, externalId: `ring-${index % 4}` });
      return [
        danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
        danaya.RETRY_DOCUMENT_VERIFICATION(file, { payload: { externalId: `ring-${(index + 1) % 4}` } }),
        danaya.FLAT_CLIENT_FILE(file, { externalId: `ring-${(index + 2) % 4}` }),
      ];
    }).flat();
    await Promise.all(ring.map((body) => t.receive(body)));
    const outcomes = await Promise.all(ring.map((body) => t.ledger.applyDelivery(idOf(body), NOW)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["applied"]));
  });

  test("over an id that turns out to be needed late is waited for, because trying again and again may never meet it free", async () => {
    const file = inventFile("late");
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    const retry = danaya.RETRY_DOCUMENT_VERIFICATION(file); // bears no uuid: that its externalId leads to one is found out on the way
    await t.receive(retry);

    let outcome: ReturnType<TestLedger["ledger"]["applyDelivery"]> | undefined;
    await t.holdingId("123", { space: "uuid", id: file.uuid }, async () => {
      outcome = t.ledger.applyDelivery(idOf(retry), NOW);
      await t.untilWaiting();
    });
    expect(await outcome).toMatchObject({ kind: "applied", changes: [{ state: { after: "RETRY_REQUESTED" } }] });
    expect((await t.ledger.clientFiles.list({ fileUuid: file.uuid, limit: 1 })).items).toMatchObject([
      { fileNumber: String(file.number) },
    ]);
  });

  test("between a dry run and workers lets both end, because neither may fail for the other", async () => {
    const bodies = documentedFixtures().map(({ bytes }) => bytes);
    for (const body of bodies) await t.receive(body);
    /** To the end: a dry run that had to wait for others breaks off, and says where. */
    const dryRun = async (cursor?: string): Promise<string[]> => {
      const selection = { filter: { companyId: "123" }, limit: 50, cursor };
      const { deliveryIds, failing, nextCursor } = await t.ledger.deliveries.dryRunReplay(selection, NOW);
      expect(failing).toEqual([]);
      return nextCursor === null ? deliveryIds : [...deliveryIds, ...(await dryRun(nextCursor))];
    };
    const dryRuns = [1, 2, 3].map(() => dryRun());
    const applied = bodies.map((body) => t.ledger.applyDelivery(idOf(body), NOW));
    for (const deliveryIds of await Promise.all(dryRuns))
      expect(deliveryIds).toEqual(expect.arrayContaining(bodies.map(idOf)));
    expect((await Promise.all(applied)).map(({ kind }) => kind)).toEqual(bodies.map(() => "applied"));
  });
});

test("a body that the contract accepted once and refuses now is quarantined when it is applied, not tried for ever", async () => {
  const body = { messageType: "OF_YESTERDAY", companyId: 123 };
  await t.receive(body);
  await t.rows("update deliveries set status = 'pending', disposition = 'accepted', problems = '[]' where id = $1", [
    idOf(body),
  ]);
  expect(await t.ledger.applyDelivery(idOf(body), NOW)).toMatchObject({
    kind: "quarantined",
    problems: [{ path: "messageType" }],
  });
  expect(await t.ledger.deliveries.get(idOf(body))).toMatchObject({
    status: "quarantined",
    problems: [{ path: "messageType" }],
  });
});

test("an operator's pause outlives Redis, because it is a row", async () => {
  await t.ledger.pauses.pause("ANALYSIS_RESULT", "awa");
  await t.ledger.pauses.pause("ANALYSIS_RESULT", "kofi");
  await t.ledger.pauses.pause("NOTIFICATION", "awa");
  await t.ledger.pauses.resume("NOTIFICATION", "awa");
  expect(await t.ledger.pauses.list()).toEqual(["ANALYSIS_RESULT"]);
  expect((await t.ledger.audit.list({ limit: 4 })).items.map(({ action }) => action)).toEqual([
    "queue.resume",
    "queue.pause",
    "queue.pause",
    "queue.pause",
  ]);
});
