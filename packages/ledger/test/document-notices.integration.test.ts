import { randomBytes } from "node:crypto";
import { danaya, inventFile, minutesAfter } from "@receiver/testing";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../src/database.ts";
import { openLedger } from "../src/index.ts";
import { up as noticesAndStuckFiles } from "../src/migrations/0008-notices-and-stuck-files.ts";
import { rulesWithoutApi } from "../src/rules.ts";
import { idOf, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const EXPIRES = "2026-12-20";
const day = (text: string) => new Date(`${text}T00:00:00Z`);
const LONG_BEFORE = day("2026-01-02");

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
beforeEach(() => t.forget("deliveries", "events", "client_files", "document_notices", "subscribers", "data_keys"));
afterAll(async () => t[Symbol.asyncDispose]());

const file = inventFile("holder", { openedAt: "2026-01-01T08:00:00Z" });
const numbered = { companyId: "123", fileNumber: String(file.number) };

/** The analysis reads these last days on documents 1, 2, …; `minutes` after the file was opened. */
const reading = (days: (string | null)[], minutes = 20) =>
  danaya.ANALYSIS_RESULT(file, {
    timestamp: minutesAfter(file, minutes),
    payload: {
      documents: days.map((read, index) => ({
        ...{ id: index + 1, type: "CNI" },
        ocrExtractedData: { document_expiry_yyyy_mm_dd: read },
      })),
    },
  });

const fire = (now: Date) => t.ledger.notices.fire(numbered, now);
const notices = async (where = "true") =>
  (
    await t.rows<{ told: string }>(
      `select concat_ws(' ', document_id, expires_on, threshold, status) as told from document_notices
      where ${where} order by document_id, expires_on, threshold desc`,
    )
  ).map(({ told }) => told);
const toldOf = async (subscriber: { id: string }) =>
  (await t.toldTo(subscriber)).flatMap(({ type, data }) =>
    "documents" in data ? [{ kind: type, ...data.documents[0] }] : [],
  );

describe("a notice", () => {
  test("tells of one document, under a version of its own, with flags as they are on that day", async () => {
    const subscriber = await t.subscribe();
    await t.deliver(reading([EXPIRES, "2034-05-31"]), LONG_BEFORE);
    expect(await t.ledger.notices.due({ now: new Date("2026-09-20T23:59:59.999Z"), after: null, limit: 10 })).toEqual(
      [],
    );
    const now = day("2026-09-21");
    expect(await t.ledger.notices.due({ now, after: null, limit: 10 })).toMatchObject([numbered]);
    const fired = await fire(now);
    expect(fired).toMatchObject({ told: [{ threshold: 90 }], wakeUps: [{ queue: "NOTIFICATION" }] });

    const document = { documentId: "1", type: "CNI", expiresOn: EXPIRES, daysLeft: 90, threshold: 90 };
    expect((await t.toldTo(subscriber)).slice(1)).toMatchObject([
      {
        type: "document.expiring",
        data: { version: 2, cause: null, documents: [document], flags: ["document-near-expiry", "orphan"] },
      },
    ]);
    const [found] = (await t.ledger.clientFiles.list({ flag: "document-near-expiry", limit: 10 })).items;
    const details = await t.ledger.clientFiles.get(found?.id ?? "");
    expect(details).toMatchObject({ version: 2, documents: [{ validity: "near" }, { validity: "valid" }] });
    expect(details?.documentNotices.slice(0, 2)).toMatchObject([
      { documentId: "1", threshold: 90, status: "done" },
      { documentId: "1", threshold: 30, status: "pending", dueAt: "2026-11-20T00:00:00.000Z" },
    ]);
  });

  test("is told by one of two workers that look at once", async () => {
    const subscriber = await t.subscribe();
    await t.deliver(reading([EXPIRES]), LONG_BEFORE);
    const fired = await Promise.all([1, 2, 3].map(() => fire(day("2026-09-21"))));
    expect(fired.flatMap(({ told }) => told)).toHaveLength(1);
    expect(await toldOf(subscriber)).toHaveLength(1);
  });

  test("of a document that is learned of late is the most urgent alone, because the others are over", async () => {
    const subscriber = await t.subscribe();
    const now = new Date("2026-11-30T09:00:00Z");
    await t.deliver(reading([EXPIRES, "2020-01-01"]), now);
    // The flags come with the delivery, and name no document.
    expect(await t.toldTo(subscriber)).toMatchObject([{ type: "client_file.state_changed" }]);
    await fire(now);
    expect(await toldOf(subscriber)).toMatchObject([
      { kind: "document.expiring", documentId: "1", threshold: 30, daysLeft: 20 },
      { kind: "document.expired", documentId: "2", threshold: 0 },
    ]);
    expect(await notices("status = 'pending'")).toEqual([`1 ${EXPIRES} 7 pending`, `1 ${EXPIRES} 0 pending`]);
  });

  test("is not told again: by a replay, by whatever else folds the file, or when another file is merged into it", async () => {
    const subscriber = await t.subscribe();
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file), LONG_BEFORE); // the older row: it will keep the file
    const analysis = reading([EXPIRES]);
    analysis.payload = { ...(analysis.payload as object), externalId: null };
    await t.deliver(analysis, LONG_BEFORE);
    const now = day("2026-12-01");
    await fire(now);
    expect(await toldOf(subscriber)).toHaveLength(1);

    const by = { actor: "test", now, reason: "again" };
    await t.ledger.deliveries.replay({ id: idOf(analysis) }, by);
    await t.ledger.applyDelivery(idOf(analysis), now);
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file), now);
    await t.deliver(danaya.FLAT_CLIENT_FILE(file, { documents: [] }), now); // bears both ids
    const { items } = await t.ledger.clientFiles.list({ limit: 10 });
    expect(items).toMatchObject([{ fileUuid: file.uuid, fileNumber: String(file.number) }]);
    await t.ledger.clientFiles.refold(items[0]?.id ?? "", by);
    await fire(now);
    expect(await toldOf(subscriber)).toHaveLength(1);
    expect(await notices()).toEqual(
      [90, 30, 7, 0].map((left) => `1 ${EXPIRES} ${left} ${left < 30 ? "pending" : "done"}`),
    );
    await fire(day("2026-12-13"));
    expect(await toldOf(subscriber)).toMatchObject([{ threshold: 30 }, { threshold: 7 }]);
  });

  test("is cancelled with the day that was misread, and all is told of the day that was meant", async () => {
    await t.deliver(reading([EXPIRES]), LONG_BEFORE);
    await fire(day("2026-09-21"));
    await t.deliver(reading(["2027-12-20"], 30), day("2026-09-22"));
    expect(await notices()).toEqual([
      ...[90, 30, 7, 0].map((left) => `1 ${EXPIRES} ${left} ${left === 90 ? "done" : "cancelled"}`),
      ...[90, 30, 7, 0].map((left) => `1 2027-12-20 ${left} pending`),
    ]);
    expect(await fire(day("2026-12-21"))).toEqual({ told: [], wakeUps: [] });
    // The first reading was right after all: what it told it doesn't tell again.
    await t.deliver(reading([EXPIRES], 40), day("2026-12-22"));
    expect(await fire(day("2026-12-22"))).toMatchObject({ told: [{ threshold: 0 }] });
    expect(await notices("status = 'pending'")).toEqual([]);
  });

  test("outlives the erasure of all that was read, because the day is kept apart from it", async () => {
    const masterKeys = [{ version: "2026", key: randomBytes(32) }] as const;
    const sealing = openLedger({ databaseUrl: t.url, applicationName: "test", masterKeys, rules: rulesWithoutApi });
    const subscriber = await t.subscribe();
    const body = reading([EXPIRES]);
    await t.receive(body, LONG_BEFORE);
    await sealing.applyDelivery(idOf(body), LONG_BEFORE);
    const { items } = await t.ledger.clientFiles.list({ limit: 1 });
    const by = { actor: "awa", reason: "asked for", now: day("2026-10-01") };
    expect(await sealing.erasure.eraseFile(items[0]?.id ?? "", by)).toMatchObject({ kind: "erased" });
    expect(await t.rows("select body from delivery_bodies where body <> ''")).toEqual([]);
    await fire(day("2026-12-21"));
    expect(await toldOf(subscriber)).toMatchObject([{ kind: "document.expired", expiresOn: EXPIRES }]);
    await sealing.close();
  });
});

test("the same deliveries leave the same notices to come, in whatever order they arrive", async () => {
  const days = fc.constantFrom(null, "2027-01-10", "2027-03-01", "2030-01-01");
  const bodies = fc.uniqueArray(fc.tuple(fc.nat({ max: 9 }), fc.array(days, { minLength: 1, maxLength: 2 })), {
    ...{ minLength: 2, maxLength: 4, selector: ([minute]: [number, unknown]) => minute },
  });
  const pendingAfter = async (order: (readonly [number, (string | null)[]])[]) => {
    await t.forget("deliveries", "events", "client_files", "document_notices");
    for (const [minute, read] of order) await t.deliver(reading(read, minute), LONG_BEFORE);
    return notices("status = 'pending'");
  };
  await fc.assert(
    fc.asyncProperty(bodies, async (order) => {
      expect(await pendingAfter(order.toReversed())).toEqual(await pendingAfter(order));
    }),
    { numRuns: 5 },
  );
});

test("a database of an older version has its notices made, without those that its flags had told", async () => {
  await t.deliver(reading([EXPIRES, "2020-01-01", "2034-05-31"]), day("2026-12-01"));
  await t.rows("drop table document_notices");
  await t.rows("drop index client_files_waiting, client_files_stalled");
  await t.rows("alter table client_files drop column heard_at, drop column given_up");
  const db = openDatabase<never>({ databaseUrl: t.url, applicationName: "migration" });
  await noticesAndStuckFiles(db); // by itself: later migrations found it done
  await db.destroy();
  expect(await notices()).toEqual([
    ...[90, 30, 7, 0].map((left) => `1 ${EXPIRES} ${left} ${left === 90 ? "done" : "pending"}`),
    ...[90, 30, 7, 0].map((left) => `2 2020-01-01 ${left} done`),
    ...[90, 30, 7, 0].map((left) => `3 2034-05-31 ${left} pending`),
  ]);
  const made = await t.rows("select threshold, due_at from document_notices where document_id = '1' and threshold = 0");
  expect(made).toEqual([{ threshold: 0, due_at: day("2026-12-21") }]);
});
