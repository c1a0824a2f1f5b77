import { danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

const by = { actor: "awa", now: NOW, reason: null };

test("a narrowed subscriber is told nothing that still waited and is not for it any more, because attempts go on for a day and a half", async () => {
  const subscriber = await t.subscribe({ companies: ["7", "9"], audience: "compliance" });
  for (const companyId of [7, 9])
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(`of ${companyId}`, { companyId })));
  const waiting = async () =>
    (await t.ledger.notifications.list({ subscriberId: subscriber.id, limit: 9, status: "pending" })).items.map(
      ({ id }) => id,
    );
  const [theirs = "", ours = ""] = await waiting();

  await t.ledger.subscribers.update(subscriber.id, { companies: ["7"] }, by);
  expect(await waiting()).toEqual([ours]);
  expect(await t.ledger.loadNotification(theirs, 0)).toEqual({ kind: "settled" });
  expect(await t.ledger.notifications.redeliver(theirs, by)).toEqual({ kind: "not-for-subscriber" });
  expect(await t.ledger.notifications.redeliver(ours, by)).toMatchObject({ kind: "redelivered", wakeUp: { id: ours } });

  await t.ledger.subscribers.update(subscriber.id, { name: "renamed", audience: "compliance" }, by);
  expect(await waiting()).toEqual([ours]);
  await t.ledger.subscribers.update(subscriber.id, { audience: "customer" }, by);
  expect(await waiting()).toEqual([]);
});

describe("redelivery to a narrowed subscriber", () => {
  /** A subscriber that was told of a sanctions check, which compliance alone may hear of, and of an upload before. */
  async function told(settings: Parameters<TestLedger["subscribe"]>[0]) {
    const subscriber = await t.subscribe(settings);
    const file = inventFile(`told ${subscriber.id}`);
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file, { verificationType: "SANCTION_CHECK" }));
    await t.rows("update notifications set status = 'delivered', settled_at = now()");
    const list = async (status?: "pending") =>
      (await t.ledger.notifications.list({ subscriberId: subscriber.id, limit: 9, status })).items;
    const items = await list();
    const idOfType = (type: string) => items.find((item) => item.type === type)?.id ?? "none";
    const redeliver = async (type: string) => (await t.ledger.notifications.redeliver(idOfType(type), by)).kind;
    const change = (changes: Parameters<TestLedger["ledger"]["subscribers"]["update"]>[1]) =>
      t.ledger.subscribers.update(subscriber.id, changes, by);
    return { redeliver, change, list };
  }

  test("is refused for what was written while its audience was told more, because that may be an offence to tell", async () => {
    const { redeliver, change, list } = await told({ audience: "compliance" });
    await change({ audience: "operations" });
    expect(await redeliver("verification.escalated")).toBe("not-for-subscriber");
    expect(await list("pending")).toEqual([]);
    await change({ audience: "compliance" });
    expect(await redeliver("verification.escalated")).toBe("redelivered");
  });

  test("is refused for types that it does not want any more, and what still waits of them is not sent either", async () => {
    const { redeliver, change, list } = await told({ audience: "compliance" });
    expect(await redeliver("client_file.received")).toBe("redelivered");
    await change({ types: ["verification.escalated"] });
    expect(await list("pending")).toEqual([]);
    expect(await redeliver("client_file.received")).toBe("not-for-subscriber");
    expect(await redeliver("verification.escalated")).toBe("redelivered");
  });

  test("does what was written for an audience that is told less, because it holds nothing new", async () => {
    const { redeliver, change } = await told({ audience: "customer" });
    await change({ audience: "operations" });
    expect(await redeliver("client_file.received")).toBe("redelivered");
  });

  test("takes a row of an older version, which does not say for whom it was, for compliance's unless the subscriber was never another's", async () => {
    const { redeliver, change } = await told({ audience: "operations" });
    await t.rows("update notifications set audience = null");
    await change({ name: "renamed" });
    expect(await redeliver("client_file.received")).toBe("redelivered");
    for (const audience of ["customer", "operations"] as const) await change({ audience });
    expect(await redeliver("client_file.received")).toBe("not-for-subscriber");
    await change({ audience: "compliance" });
    expect(await redeliver("client_file.received")).toBe("redelivered");
  });
});

describe("a row of a transaction that had read its subscriber before it was", () => {
  const later = new Date(NOW.getTime() + 60_000);

  test.each([
    ["removed", "removed_at = now()"],
    ["given another audience", "audience = 'customer'"],
    ["given other companies", "companies = '{7}'"],
    ["given other types", "types = '{client_file.received}'"],
  ])(
    "%s is swept, not sent, and counts as failed, because it would wait for ever otherwise",
    async (_change, change) => {
      const { id: subscriberId } = await t.subscribe({ audience: "compliance" });
      let applying: Promise<unknown> | undefined;
      const changing = `update subscribers set ${change} where id = '${subscriberId}'`;
      await t.holding(`lock table notifications in share mode; ${changing}`, async (commit) => {
        applying = t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(`${change} meanwhile`)));
        await t.untilWaiting();
        await commit();
      });
      await applying;

      const { wakeUps } = await t.ledger.sweep.overdue("notifications", { before: later, after: null, limit: 99 });
      const { id = "none", epoch = 0 } = wakeUps.find(({ data }) => data.subscriberId === subscriberId) ?? {};
      expect(await t.ledger.loadNotification(id, epoch)).toEqual({ kind: "unwanted" });
      await t.ledger.giveUpNotification({ id, epoch: epoch - 1 }, later); // an overtaken job's
      expect(await t.ledger.loadNotification(id, epoch)).toEqual({ kind: "unwanted" });
      await t.ledger.giveUpNotification({ id, epoch }, later);
      const { items } = await t.ledger.notifications.list({ subscriberId, limit: 9 });
      expect(items).toMatchObject([{ id, status: "failed", settledAt: later.toISOString() }]);
    },
  );
});
