import { danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AttemptRecord } from "../src/index.ts";
import { NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
let subscriber: Awaited<ReturnType<TestLedger["subscribe"]>>;
let id: string;
let seed = 0;
beforeAll(async () => {
  t = await openTestLedger();
});
beforeEach(async () => {
  subscriber = await t.subscribe();
  seed += 1;
  await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(seed)));
  id = (await t.ledger.notifications.list({ subscriberId: subscriber.id, limit: 1 })).items[0]?.id ?? "";
});
afterAll(async () => t[Symbol.asyncDispose]());

const by = { actor: "awa", reason: "they lost it", now: new Date(NOW.getTime() + 60_000) };
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const refused = { startedAt: NOW, latencyMs: 40, httpStatus: 500, code: "SUBSCRIBER_REFUSED" };
const retry: AttemptRecord = { ...refused, outcome: "retry", nextAttemptAt: after(30) };
const failed: AttemptRecord = { ...refused, outcome: "failed" };
const delivered: AttemptRecord = {
  startedAt: after(30),
  latencyMs: 12,
  httpStatus: 200,
  code: null,
  outcome: "delivered",
};

const record = (attempt: AttemptRecord, { id: of = id, epoch = 0 }: { id?: string; epoch?: number } = {}) =>
  t.ledger.recordNotificationAttempt({ id: of, epoch }, attempt);
const listed = async () =>
  (await t.ledger.notifications.list({ subscriberId: subscriber.id, limit: 10 })).items.find((item) => item.id === id);

describe("attempts", () => {
  test("that fail leave it pending until its next time, and are all on record", async () => {
    await record(retry);
    expect(await listed()).toMatchObject({
      status: "pending",
      nextAttemptAt: after(30).toISOString(),
      settledAt: null,
    });
    expect(await t.ledger.loadNotification(id, 0)).toMatchObject({ kind: "send", notification: { attempts: 1 } });

    await record(delivered);
    expect(await listed()).toMatchObject({
      status: "delivered",
      nextAttemptAt: null,
      settledAt: new Date(after(30).getTime() + 12).toISOString(),
      attempts: [
        { at: NOW.toISOString(), outcome: "retry", httpStatus: 500, code: "SUBSCRIBER_REFUSED", latencyMs: 40 },
        { at: after(30).toISOString(), outcome: "delivered", httpStatus: 200, code: null, latencyMs: 12 },
      ],
    });
    expect(await t.ledger.loadNotification(id, 0)).toEqual({ kind: "settled" });
  });

  test("that are used up settle it, because nobody would look at it again otherwise", async () => {
    await record(failed);
    expect(await listed()).toMatchObject({ status: "failed", attempts: [{ outcome: "failed" }] });
    expect(await t.ledger.loadNotification(id, 0)).toEqual({ kind: "settled" });
  });

  test("that end late don't undo a delivery, because two jobs of one notification may overlap", async () => {
    await record(delivered);
    await record(retry);
    await record(failed);
    expect(await listed()).toMatchObject({
      status: "delivered",
      attempts: [{ outcome: "delivered" }, { outcome: "retry" }, { outcome: "failed" }],
    });
  });

  test("of what isn't there are told apart, because queue and database may not belong together", async () => {
    expect(await t.ledger.loadNotification("msg_none", 0)).toEqual({ kind: "not-found" });
    await expect(record(delivered, { id: "msg_none" })).rejects.toMatchObject({ code: "INTERNAL" });
  });
});

describe("redelivery", () => {
  test("sends the same text under the same id, and an epoch of its own, because the old job's id is spent", async () => {
    const before = await t.ledger.loadNotification(id, 0);
    await record(delivered);

    expect(await t.ledger.notifications.redeliver(id, by)).toEqual({
      kind: "redelivered",
      wakeUp: {
        queue: "NOTIFICATION",
        id,
        epoch: 1,
        data: { notificationId: id, type: "client_file.received", subscriberId: subscriber.id },
        dueAt: by.now,
      },
    });
    expect(await t.ledger.loadNotification(id, 1)).toEqual(before);
    expect(await t.ledger.loadNotification(id, 0)).toEqual({ kind: "settled" }); // two jobs would send twice
    expect(await listed()).toMatchObject({ status: "pending", settledAt: null, attempts: [{ outcome: "delivered" }] });
    expect((await t.ledger.audit.list({ limit: 1 })).items).toMatchObject([
      { actor: "awa", action: "notification.redeliver", target: id, reason: "they lost it" },
    ]);
  });

  test("of a failed one has all its attempts before it again", async () => {
    await record(failed);
    await t.ledger.notifications.redeliver(id, by);
    expect(await t.ledger.loadNotification(id, 1)).toMatchObject({ kind: "send", notification: { attempts: 0 } });
  });

  test("is not failed by the attempt that it overtook, because its own is still to come", async () => {
    await t.ledger.notifications.redeliver(id, by); // while the first epoch's request is under way
    await record(failed);
    expect(await listed()).toMatchObject({ status: "pending", attempts: [{ outcome: "failed" }] });
    expect(await t.ledger.loadNotification(id, 1)).toMatchObject({ kind: "send", notification: { attempts: 0 } });
    await record(delivered, { epoch: 1 });
    expect(await listed()).toMatchObject({ status: "delivered" });
  });

  test("is spared by a delivery that it overtook", async () => {
    await t.ledger.notifications.redeliver(id, by);
    await record(delivered);
    expect(await t.ledger.loadNotification(id, 1)).toEqual({ kind: "settled" });
  });

  test("has nobody to go to once the subscriber is removed, nor has what was still to be told", async () => {
    await t.ledger.subscribers.remove(subscriber.id, by);
    expect(await t.ledger.notifications.redeliver(id, by)).toEqual({ kind: "not-found" });
    expect(await t.ledger.notifications.redeliver("msg_none", by)).toEqual({ kind: "not-found" });
    expect(await t.ledger.loadNotification(id, 0)).toEqual({ kind: "settled" });
  });
});

describe("the list", () => {
  test("answers each filter, newest first", async () => {
    const file = inventFile(seed);
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file), after(60));
    await record(failed);
    const list = async (filter: Partial<Parameters<TestLedger["ledger"]["notifications"]["list"]>[0]>) =>
      (await t.ledger.notifications.list({ subscriberId: subscriber.id, limit: 10, ...filter })).items;

    const all = await list({});
    expect(all.map(({ type }) => type)).toEqual(["client_file.approved", "client_file.received"]);
    const [approved, received] = all;
    expect(await list({ type: "client_file.approved" })).toEqual([approved]);
    expect(await list({ status: "failed" })).toEqual([received]);
    expect(await list({ status: "delivered" })).toEqual([]);
    expect(await list({ clientFileId: approved?.clientFileId ?? "" })).toEqual([approved]);
    expect(await list({ subscriberId: "00000000-0000-7000-8000-000000000000" })).toEqual([]);
  });

  test("pages through notifications of one moment, each once", async () => {
    for (let index = 0; index < 6; index += 1) {
      await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(`${seed} and ${index}`)));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await t.ledger.notifications.list({ subscriberId: subscriber.id, limit: 3, cursor });
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });
});
