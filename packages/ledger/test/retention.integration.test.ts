import { ReceiverError } from "@receiver/runtime";
import { danaya, inventFile } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { openLedger } from "../src/index.ts";
import { cutoffsAt } from "../src/retention/policy.ts";
import { rulesWithoutApi } from "../src/rules.ts";
import { dumpTables } from "./dump-tables.ts";
import { idOf, incoming, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const DAY_MS = 86_400_000;
const policy = { operationalDays: 180, evidenceYears: 10 };
const by = { actor: "awa", reason: "yearly", now: NOW };
const order = { policy, by: { actor: "retention", reason: "by the clock" }, now: NOW };
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS);
const closedAt = (day: string) => ({ ...by, closedAt: new Date(day) });

const broken = (n: number) => ({ messageType: "OF_TOMORROW", companyId: 123, n });

/** Opened long before anything here ends, unless chosen otherwise. */
async function fileOf(t: TestLedger, seed: string, chosen: Parameters<typeof inventFile>[1] = {}): Promise<string> {
  const file = inventFile(seed, { openedAt: "2009-03-01T10:00:00Z", ...chosen });
  await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
  const { items } = await t.ledger.clientFiles.list({ fileUuid: file.uuid, limit: 1 });
  return items[0]?.id ?? "";
}

const keptOf = async (t: TestLedger, ids: string[]) =>
  Promise.all(ids.map(async (id) => (await t.ledger.clientFiles.get(id))?.retention.contentKept));

test("the tiers end so many days, and so many calendar years, before now", () => {
  expect(cutoffsAt(new Date("2026-11-22T12:00:00Z"), policy)).toEqual({
    operational: new Date("2026-05-26T12:00:00Z"),
    evidence: new Date("2016-11-22T12:00:00Z"),
  });
});

describe("the operational tier", () => {
  /** One that failed, one quarantined, one notification, one sighting: each as old as said. */
  async function leftovers(t: TestLedger, ageDays: number) {
    const at = daysAgo(ageDays);
    const failed = danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(`failed ${ageDays}`));
    await t.receive(failed, at);
    await t.ledger.recordDeliveryFailure(idOf(failed), { code: "INTERNAL", frames: [], epoch: 0, now: at });
    await t.receive(broken(ageDays), at);
    const applied = danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(`applied ${ageDays}`));
    for (let n = 0; n < 2; n += 1) await t.deliver(applied, at);
    const settle =
      "update notifications set status = 'delivered', settled_at = $1 where settled_at is null and created_at = $1";
    await t.rows(settle, [at]);
    return { failed: idOf(failed), quarantined: idOf(broken(ageDays)), applied: idOf(applied) };
  }

  test("takes what is no evidence and older than it, and nothing else; a dry run takes nothing and tells the same", async () => {
    await using t = await openTestLedger();
    await t.subscribe();
    const [old, young] = [await leftovers(t, 181), await leftovers(t, 179)];
    await t.receive(broken(999), daysAgo(400));
    await t.receive(broken(999), daysAgo(10)); // came again: somebody may still mend it
    const dump = await dumpTables(t);

    const report = await t.ledger.retention.report(NOW, policy);
    expect(await dumpTables(t)).toEqual(dump);
    const oldest = daysAgo(181).toISOString();
    expect(report.operational).toEqual({
      before: daysAgo(180).toISOString(),
      deliveryBodies: { due: 2, oldest },
      notifications: { due: 1, oldest },
      sightings: { due: 1, oldest },
    });

    const told: string[] = [];
    const run = await t.ledger.retention.run({ ...order, batchSize: 1, told: (kind, n) => told.push(`${kind} ${n}`) });
    expect(run).toEqual({ erased: { deliveryBodies: 2, notifications: 1, sightings: 1, files: 0 }, finished: true });
    expect(told).toEqual(["deliveryBodies 1", "deliveryBodies 1", "notifications 1", "sightings 1"]);

    const erased = async (ids: string[]) =>
      Promise.all(ids.map(async (id) => (await t.ledger.deliveries.get(id))?.erased));
    expect(await erased([old.failed, old.quarantined])).toEqual([true, true]);
    const others = [old.applied, young.failed, young.quarantined, young.applied, idOf(broken(999))];
    expect(await erased(others)).toEqual(others.map(() => false));
    expect(await t.rows("select body = '' as blank from notifications order by created_at")).toEqual([
      { blank: true },
      { blank: false },
    ]);
    const { items } = await t.ledger.notifications.list({ limit: 10 });
    expect(await t.ledger.notifications.redeliver(items.at(-1)?.id ?? "", by)).toEqual({ kind: "not-found" });
    const [first] = (await t.ledger.audit.list({ limit: 1 })).items;
    expect(first).toMatchObject({
      actor: "retention",
      action: "retention.run",
      target: "deliveryBodies=2 notifications=1 sightings=1",
      reason: "by the clock",
    });

    const settled = await dumpTables(t);
    expect(await t.ledger.retention.run(order)).toMatchObject({ finished: true });
    expect(await dumpTables(t)).toEqual(settled); // nothing was due: no audit row either
  });

  test("is shared by two processes that run at once, each body erased and counted by one", async () => {
    await using t = await openTestLedger();
    for (let n = 0; n < 12; n += 1) await t.receive(broken(n), daysAgo(200 + n));
    const other = openLedger({ databaseUrl: t.url, applicationName: "other", rules: rulesWithoutApi });
    const runs = await Promise.all([t.ledger, other].map(({ retention }) => retention.run({ ...order, batchSize: 3 })));
    await other.close();
    expect(runs.reduce((sum, { erased }) => sum + erased.deliveryBodies, 0)).toBe(12);
    expect((await t.ledger.retention.report(NOW, policy)).operational.deliveryBodies).toEqual({ due: 0, oldest: null });
  });

  test("leaves what a hold reaches: notifications of the held file and of its relationship, and its company's bodies that were never applied", async () => {
    await using t = await openTestLedger();
    await t.subscribe();
    const old = await leftovers(t, 181);
    const other = { ...broken(1), companyId: 456 };
    await t.receive(other, daysAgo(181));
    const again = danaya.DOCUMENT_TO_ANALYSE_RECEIVED(
      inventFile("again", { externalId: inventFile("applied 181").externalId }),
    );
    await t.deliver(again, daysAgo(100));
    const { items } = await t.ledger.clientFiles.list({ fileUuid: inventFile("again").uuid, limit: 1 });
    const held = items[0]?.id ?? "";
    await t.ledger.erasure.hold(held, by);
    const due = async () => {
      const { deliveryBodies, notifications } = (await t.ledger.retention.report(NOW, policy)).operational;
      return [deliveryBodies.due, notifications.due];
    };
    expect(await due()).toEqual([1, 0]);
    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { deliveryBodies: 1, notifications: 0 } });
    expect((await t.ledger.deliveries.get(idOf(other)))?.erased).toBe(true);
    expect((await t.ledger.deliveries.get(old.failed))?.erased).toBe(false);
    await t.ledger.erasure.liftHold(held, by);
    expect(await due()).toEqual([2, 1]);
  });

  test("counts from when a narrower contract refused an old delivery, because somebody may still mend it", async () => {
    await using t = await openTestLedger();
    await t.inbox.receive(incoming(broken(1), { receivedAt: daysAgo(400), problems: [] })); // what an older contract took
    expect(await t.ledger.applyDelivery(idOf(broken(1)), daysAgo(10))).toMatchObject({ kind: "quarantined" });
    expect((await t.ledger.retention.report(NOW, policy)).operational.deliveryBodies.due).toBe(0);
  });

  test("ends after the batches that it was given, and goes on the next time", async () => {
    await using t = await openTestLedger();
    for (let n = 0; n < 3; n += 1) await t.receive(broken(n), daysAgo(200));
    const bounded = { ...order, batchSize: 1, maxBatches: 2 };
    expect(await t.ledger.retention.run(bounded)).toMatchObject({ erased: { deliveryBodies: 2 }, finished: false });
    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { deliveryBodies: 1 }, finished: true });
  });
});

describe("the evidence tier", () => {
  test("takes the content of a file ten years after its relationship ended, never before that is known, and never what is held", async () => {
    await using t = await openTestLedger();
    const [over, recent, open, held] = [
      await fileOf(t, "over"),
      await fileOf(t, "recent"),
      await fileOf(t, "open"),
      await fileOf(t, "held"),
    ];
    const { closeRelationship, hold, liftHold } = t.ledger.erasure;
    await closeRelationship(over, closedAt("2016-11-22T11:59:59Z"));
    await closeRelationship(recent, closedAt("2016-11-22T12:00:00Z"));
    await closeRelationship(open, closedAt("2010-01-01"));
    await closeRelationship(open, { ...by, closedAt: null });
    await closeRelationship(held, closedAt("2010-01-01"));
    await hold(held, { ...by, reason: "case 12" });

    const report = await t.ledger.retention.report(NOW, policy);
    expect(report.evidence).toEqual({
      before: "2016-11-22T12:00:00.000Z",
      files: { due: 1, oldest: "2016-11-22T11:59:59.000Z" },
      heldBack: 1,
      relationshipGoesOn: 0,
      withoutClosingDate: 1,
    });
    const since = NOW.toISOString();
    expect(report.holds).toEqual({ total: 1, files: [{ clientFileId: held, since, by: "awa", reason: "case 12" }] });

    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { files: 1 }, finished: true });
    expect(await keptOf(t, [over, recent, open, held])).toEqual([false, true, true, true]);
    expect((await t.ledger.audit.list({ limit: 2 })).items).toMatchObject([
      { action: "retention.run", target: "files=1" },
      { actor: "retention", action: "client-file.erase", target: over },
    ]);

    await liftHold(held, by);
    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { files: 1 } });
    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { files: 0 } });
    expect(await keptOf(t, [open, held])).toEqual([true, false]);
  });

  test("waits for the last of a customer's files, because a resubmission is the same relationship", async () => {
    await using t = await openTestLedger();
    const [first, second] = [
      await fileOf(t, "first", { externalId: "EXT-SAME" }),
      await fileOf(t, "second", { externalId: "EXT-SAME" }),
    ];
    await t.ledger.erasure.closeRelationship(first, closedAt("2010-01-01"));
    expect((await t.ledger.retention.report(NOW, policy)).evidence).toMatchObject({
      files: { due: 0 },
      relationshipGoesOn: 1,
      withoutClosingDate: 1,
    });
    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { files: 0 } });
    await t.ledger.erasure.closeRelationship(second, closedAt("2012-01-01"));
    const runs = await Promise.all([t.ledger.retention.run(order), t.ledger.retention.run(order)]);
    expect(runs.reduce((sum, { erased }) => sum + erased.files, 0)).toBe(2);
    expect(await keptOf(t, [first, second])).toEqual([false, false]);
  });

  /** The uuid was closed long ago; its file gains a number that has an event of `openedAt`. */
  async function closedAndTied(t: TestLedger, openedAt: string, first?: (numbered: string) => Promise<unknown>) {
    const file = inventFile("tied", { openedAt: "2009-03-01T10:00:00Z" });
    const id = await fileOf(t, "tied");
    await t.ledger.erasure.closeRelationship(id, closedAt("2010-01-01"));
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED({ ...file, openedAt }));
    const { items } = await t.ledger.clientFiles.list({ fileNumber: String(file.number), limit: 1 });
    await first?.(items[0]?.id ?? "");
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file)); // bears the externalId that ties the two
    expect((await t.ledger.clientFiles.get(id))?.fileNumber).toBe(String(file.number));
    return id;
  }
  const spared = { files: { due: 0 }, relationshipGoesOn: 1 };

  test("leaves a closed file that has had events since, because an id that it gained may be of a relationship that goes on", async () => {
    await using t = await openTestLedger();
    const id = await closedAndTied(t, "2026-05-01T10:00:00Z");
    expect((await t.ledger.retention.report(NOW, policy)).evidence).toMatchObject(spared);
    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { files: 0 } });
    expect(await keptOf(t, [id])).toEqual([true]);
  });

  test("leaves a file of which one id is said not to be closed, whatever is said of the other", async () => {
    await using t = await openTestLedger();
    const reopen = (numbered: string) => t.ledger.erasure.closeRelationship(numbered, { ...by, closedAt: null });
    const id = await closedAndTied(t, "2009-04-01T10:00:00Z", reopen);
    expect((await t.ledger.retention.report(NOW, policy)).evidence).toMatchObject(spared);
    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { files: 0 } });
    expect((await t.ledger.clientFiles.get(id))?.retention).toMatchObject({
      contentKept: true,
      relationshipClosedAt: null,
    });
    await t.ledger.erasure.closeRelationship(id, closedAt("2011-01-01"));
    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { files: 1 } });
  });

  test("counts a page of files as one batch, because a backlog of them is to be worked off by the clock", async () => {
    await using t = await openTestLedger();
    for (const seed of ["one", "two", "three"])
      await t.ledger.erasure.closeRelationship(await fileOf(t, seed), closedAt("2010-01-01"));
    // Three batches are the empty ones of the other tier.
    const run = await t.ledger.retention.run({ ...order, batchSize: 2, maxBatches: 4 });
    expect(run).toMatchObject({ erased: { files: 2 }, finished: false });
    expect(await t.ledger.retention.run(order)).toMatchObject({ erased: { files: 1 }, finished: true });
  });

  test("that meets an outage ends with its code, and leaves in the audit what it had erased", async () => {
    await using t = await openTestLedger();
    for (let n = 0; n < 2; n += 1) await t.receive(broken(n), daysAgo(200));
    await t.rows("alter table notifications rename to away");
    const failure = await t.ledger.retention.run(order).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(ReceiverError);
    expect((await t.ledger.audit.list({ limit: 1 })).items).toMatchObject([{ target: "deliveryBodies=2" }]);
    await t.ledger.close();
    await expect(t.ledger.retention.run(order)).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  });
});
