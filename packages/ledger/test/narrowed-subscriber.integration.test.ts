import { danaya, inventFile } from "@receiver/testing";
import { expect, test } from "vitest";
import { NOW, openTestLedger } from "./open-test-ledger.ts";

const by = { actor: "awa", now: NOW, reason: null };

test("a narrowed subscriber is told nothing that still waited and is not for it any more, because attempts go on for a day and a half", async () => {
  await using t = await openTestLedger();
  const subscriber = await t.subscribe({ companies: ["7", "9"], audience: "compliance" });
  for (const companyId of [7, 9])
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(`of ${companyId}`, { companyId })));
  const waiting = async () =>
    (await t.ledger.notifications.list({ limit: 9, status: "pending" })).items.map(({ id }) => id);
  const [theirs = "", ours = ""] = await waiting();

  await t.ledger.subscribers.update(subscriber.id, { companies: ["7"] }, by);
  expect(await waiting()).toEqual([ours]);
  expect(await t.ledger.loadNotification(theirs, 0)).toEqual({ kind: "settled" });
  expect(await t.ledger.notifications.redeliver(theirs, by)).toBeNull();
  expect(await t.ledger.notifications.redeliver(ours, by)).toMatchObject({ id: ours });

  await t.ledger.subscribers.update(subscriber.id, { name: "renamed", audience: "compliance" }, by);
  expect(await waiting()).toEqual([ours]);
  await t.ledger.subscribers.update(subscriber.id, { audience: "customer" }, by);
  expect(await waiting()).toEqual([]);
});
