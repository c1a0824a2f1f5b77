import { defaultStatusMap } from "@receiver/client-file";
import { danaya, fixturesOfCase } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { openLedger } from "../src/index.ts";
import { rulesWithoutApi } from "../src/rules.ts";
import { idOf, incoming, NOW, openTestLedger, settledFiles, type TestLedger } from "./open-test-ledger.ts";
import { analysis, approval, by, file, problems, retry, story, upload } from "./replayed-story.ts";

/** Applies what a replay sent to the queues. */
async function apply(t: TestLedger, wakeUps: readonly { id: string }[]): Promise<string[]> {
  const kinds = [];
  for (const { id } of wakeUps) kinds.push((await t.ledger.applyDelivery(id, NOW)).kind);
  return kinds;
}

const statusOf = async (t: TestLedger, body: typeof upload) => (await t.ledger.deliveries.get(idOf(body)))?.status;

async function fail(t: TestLedger, body: typeof upload, code: string): Promise<void> {
  await t.ledger.recordDeliveryFailure(idOf(body), { code, frames: [], epoch: 0, now: NOW });
}

/** Quarantined under a contract that was narrower than today's. */
async function quarantined(t: TestLedger, body: typeof upload): Promise<void> {
  await t.inbox.receive(incoming(body, { problems }));
}

describe("replay", () => {
  test("lets in nobody whom the ingress kept out, because a filter may catch the foreign and the forged as well", async () => {
    await using t = await openTestLedger();
    await quarantined(t, approval);
    const options = { databaseUrl: t.url, applicationName: "test" };
    const [ours, theirs] = ["123", "7"].map((id) =>
      openLedger({ ...options, rules: rulesWithoutApi, allowedCompanyIds: new Set([id]) }),
    );
    const selection = { filter: { status: "quarantined" }, limit: 10 } as const;
    const refused = { deliveryIds: [], stillQuarantined: [idOf(approval)] };
    expect(await theirs?.deliveries.dryRunReplay(selection, NOW)).toMatchObject(refused);
    expect(await theirs?.deliveries.replay(selection, by)).toMatchObject({ ...refused, wakeUps: [] });
    expect(await ours?.deliveries.replay(selection, by)).toMatchObject({ deliveryIds: [idOf(approval)] });
    await Promise.all([ours?.close(), theirs?.close()]);
  });

  test("reads an applied delivery again where this version reads more than the one that applied it", async () => {
    await using t = await openTestLedger();
    await t.deliver(retry);
    const facts = "select facts, version from events where id = $1";
    const [read] = await t.rows(facts, [idOf(retry)]);
    await t.rows("update events set version = 0, facts = facts || '{\"verifications\": []}' where id = $1", [
      idOf(retry),
    ]);
    const { wakeUps } = await t.ledger.deliveries.replay({ id: idOf(retry) }, by);
    await apply(t, wakeUps);
    expect(await t.rows(facts, [idOf(retry)])).toEqual([read]);
    expect(await settledFiles(t.ledger)).toMatchObject([{ retries: [{ verification: "FACE_MATCH" }] }]);
  });

  test("sends a delivery to its queue under the next epoch, and applying it again changes nothing", async () => {
    await using t = await openTestLedger();
    await t.subscribe();
    for (const body of story) await t.deliver(body);
    const files = await settledFiles(t.ledger);
    const [told] = await t.rows("select count(*) from notifications");

    for (const epoch of [1, 2]) {
      const { wakeUps, deliveryIds } = await t.ledger.deliveries.replay({ id: idOf(analysis) }, by);
      expect(deliveryIds).toEqual([idOf(analysis)]);
      expect(wakeUps).toMatchObject([{ queue: "ANALYSIS_RESULT", id: idOf(analysis), epoch }]);
      expect(await statusOf(t, analysis)).toBe("pending");
      expect(await apply(t, wakeUps)).toEqual(["applied"]);
    }
    expect(await settledFiles(t.ledger)).toEqual(files);
    expect((await t.rows("select count(*) from notifications"))[0]).toEqual(told);
    expect((await t.ledger.audit.list({ limit: 2 })).items).toMatchObject([
      { actor: "awa", action: "delivery.replay", target: idOf(analysis), reason: "case 5" },
      { action: "delivery.replay" },
    ]);
  });

  test("by filter takes what matches, oldest first and no more than was asked for", async () => {
    await using t = await openTestLedger();
    for (const [index, body] of story.entries()) {
      await t.receive(body, new Date(NOW.getTime() - index * 1_000));
      await t.ledger.recordDeliveryFailure(idOf(body), { code: "INTERNAL", frames: [], epoch: 0, now: NOW });
    }
    await t.ledger.applyDelivery(idOf(upload), NOW);
    const failed = { status: "failed" } as const;

    const some = await t.ledger.deliveries.dryRunReplay({ filter: failed, limit: 2 }, NOW);
    expect(some.deliveryIds).toEqual([approval, analysis].map(idOf));
    const all = await t.ledger.deliveries.replay({ filter: failed, limit: 10 }, by);
    expect(all.deliveryIds).toEqual([approval, analysis, retry].map(idOf));
    expect(all.wakeUps.map(({ id }) => id)).toEqual(all.deliveryIds);
    expect(await apply(t, all.wakeUps)).toEqual(["applied", "applied", "applied"]);
    expect(await settledFiles(t.ledger)).toMatchObject([{ state: "APPROVED" }]);
    expect((await t.ledger.audit.list({ limit: 1 })).items).toMatchObject([{ target: "3 deliveries status=failed" }]);
  });

  test("readmits what the contract accepts by now, and names what it refuses still", async () => {
    await using t = await openTestLedger();
    await quarantined(t, upload);
    const broken = { messageType: "OF_TOMORROW", companyId: 123 };
    await t.receive(broken);

    const selection = { filter: { status: "quarantined" as const }, limit: 10 };
    const { wakeUps, ...plan } = await t.ledger.deliveries.replay(selection, by);
    expect(plan).toEqual({
      failing: [],
      deliveryIds: [idOf(upload)],
      stillQuarantined: [idOf(broken)],
      nextCursor: null,
    });
    expect(await apply(t, wakeUps)).toEqual(["applied"]);
    expect(await t.ledger.deliveries.get(idOf(upload))).toMatchObject({ status: "applied", problems: [] });
    expect(await statusOf(t, broken)).toBe("quarantined");
  });

  test("goes through more than one page of them, past those that it can't readmit, each once", async () => {
    await using t = await openTestLedger();
    const broken = [1, 2, 3].map((n) => ({ messageType: "OF_TOMORROW", companyId: n }));
    for (const [index, body] of [...broken, ...story].entries())
      await t.receive(body, new Date(NOW.getTime() + Math.floor(index / 2)));
    for (const body of story) await fail(t, body, "INTERNAL");
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const selection = { filter: { to: new Date(NOW.getTime() + 1_000) }, limit: 2, cursor: cursor ?? undefined };
      const page = await t.ledger.deliveries.replay(selection, by);
      found.push(...page.deliveryIds, ...page.stillQuarantined);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(found.toSorted()).toEqual([...broken, ...story].map(idOf).toSorted());
  });

  test("by a filter takes those that failed with the one code, and the audit tells the filter", async () => {
    await using t = await openTestLedger();
    for (const body of story) await t.receive(body);
    await fail(t, retry, "DATABASE_CONTENTION");
    await fail(t, analysis, "INTERNAL");
    const filter = { status: "failed", errorCode: "INTERNAL", companyId: "123", to: NOW } as const;
    expect(await t.ledger.deliveries.count({ ...filter, to: undefined })).toBe(1);
    const selection = { filter: { ...filter, to: new Date(NOW.getTime() + 1) }, limit: 10 };
    expect((await t.ledger.deliveries.replay(selection, by)).deliveryIds).toEqual([idOf(analysis)]);
    const [entry] = (await t.ledger.audit.list({ limit: 1 })).items;
    expect(entry?.target).toBe(
      "1 deliveries status=failed errorCode=INTERNAL companyId=123 to=2026-11-22T12:00:00.001Z",
    );
    expect(await t.ledger.deliveries.count({ status: "failed", errorCode: "INTERNAL" })).toBe(0);
  });

  test("leaves alone what was settled between the look and the lock, because two operators may redrive at once", async () => {
    await using t = await openTestLedger();
    for (const body of story) await t.receive(body);
    for (const body of story) await fail(t, body, "INTERNAL");
    const selection = { filter: { status: "failed" }, limit: 10 } as const;
    let replayed: ReturnType<TestLedger["ledger"]["deliveries"]["replay"]> | undefined;
    await t.holding("select from deliveries for update", async () => {
      replayed = t.ledger.deliveries.replay(selection, by);
      await t.untilWaiting();
    });
    const others = await Promise.all([1, 2, 3].map(() => t.ledger.deliveries.replay(selection, by)));
    const sent = [await replayed, ...others].flatMap((one) => one?.deliveryIds ?? []);
    expect(sent.toSorted()).toEqual(story.map(idOf).toSorted());
    expect(await t.rows("select distinct epoch, status from deliveries")).toEqual([{ epoch: 1, status: "pending" }]);
  });

  test("of nothing is an empty plan", async () => {
    await using t = await openTestLedger();
    const nothing = { failing: [], deliveryIds: [], stillQuarantined: [], nextCursor: null };
    expect(await t.ledger.deliveries.replay({ id: "0".repeat(40) }, by)).toEqual({ ...nothing, wakeUps: [] });
    expect(await t.ledger.deliveries.dryRunReplay({ filter: {}, limit: 5 }, NOW)).toEqual({
      ...nothing,
      changes: [],
    });
  });

  test("doesn't keep the ingress waiting, because a repeat may arrive while an operator looks", async () => {
    await using t = await openTestLedger();
    for (const body of story) await t.deliver(body);
    // The dry run takes the lock of the file, which is held here, and waits in mid-transaction.
    const holding = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const held = t.holding("select * from client_files for update", async () => {
      holding.resolve();
      await release.promise;
    });
    await holding.promise;
    const dryRun = t.ledger.deliveries.dryRunReplay({ filter: {}, limit: 10 }, NOW);
    try {
      await t.untilWaiting();
      expect(await t.receive(upload)).toMatchObject({ disposition: "duplicate" });
    } finally {
      release.resolve();
    }
    await Promise.all([held, dryRun]);
  });
});

describe("the status map", () => {
  const { REJETER: _, ...withoutRefusal } = defaultStatusMap;

  test("makes case 5 a refusal, and without its row an unknown status that decides nothing", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    for (const { bytes } of fixturesOfCase(5)) await t.deliver(bytes);
    const { items } = await t.ledger.clientFiles.list({ fileNumber: "45635", limit: 1 });
    const id = items[0]?.id ?? "";
    expect(items).toMatchObject([{ state: "REJECTED", kind: "KYB" }]);

    const map = await t.ledger.statusMap.replace(withoutRefusal, { actor: "awa", reason: "not documented" });
    expect(map).toMatchObject({ version: 1, createdBy: "awa", entries: withoutRefusal });
    expect((await t.ledger.clientFiles.get(id))?.state).toBe("REJECTED"); // until it is folded again
    const refolded = await t.ledger.clientFiles.refold(id, { ...by, now: NOW });

    expect(refolded?.change).toMatchObject({ changed: true, state: { before: "REJECTED" } });
    const file = await t.ledger.clientFiles.get(id);
    expect(file?.flags).toContain("unknown-status");
    expect(file?.state).toBe("AWAITING_DECISION");
    expect(file?.transitions.map(({ to }) => to)).not.toContain("REJECTED");
    expect(file?.history.map(({ to }) => to)).toContain("REJECTED"); // what was learned once stays on record
    expect((await t.toldTo(subscriber)).at(-1)).toMatchObject({ type: "client_file.reopened" });
    expect((await t.ledger.audit.list({ limit: 2 })).items).toMatchObject([
      { action: "client-file.refold", target: id },
      { action: "status-map.replace", target: "version 1", reason: "not documented" },
    ]);
  });

  test("is read under the file's locks, because it may be replaced while a delivery waits for them", async () => {
    await using t = await openTestLedger();
    const refusal = danaya.CLIENT_FILE_STATUS_CHANGED(file, { payload: { status: "REJETER" } });
    await t.receive(refusal);
    let outcome: ReturnType<TestLedger["ledger"]["applyDelivery"]> | undefined;
    await t.holdingId("123", { space: "number", id: String(file.number) }, async () => {
      outcome = t.ledger.applyDelivery(idOf(refusal), NOW);
      await t.untilWaiting();
      await t.ledger.statusMap.replace(withoutRefusal, { actor: "awa", reason: "not documented" });
    });
    expect(await outcome).toMatchObject({ changes: [{ state: { after: "RECEIVED" } }] });
  });

  test("is seeded once, also by processes that start at once, and never over an operator's", async () => {
    await using t = await openTestLedger();
    expect(await t.ledger.statusMap.current()).toMatchObject({ version: 0, entries: defaultStatusMap });
    let seeding: Promise<unknown> | undefined;
    await t.holding("lock table status_maps in access exclusive mode", async () => {
      seeding = Promise.all([1, 2, 3, 4].map(() => t.ledger.statusMap.seed(withoutRefusal)));
      const waiting = "select pid from pg_stat_activity where application_name = 'test' and wait_event_type = 'Lock'";
      await expect.poll(() => t.rows(`${waiting} and datname = current_database()`)).toHaveLength(4);
    });
    await seeding;
    expect(await t.rows("select version, created_by from status_maps")).toEqual([
      { version: 1, created_by: "STATUS_MAP" },
    ]);

    await t.ledger.statusMap.replace(defaultStatusMap, { actor: "awa", reason: "back" });
    await t.ledger.statusMap.seed(withoutRefusal);
    expect(await t.ledger.statusMap.current()).toMatchObject({ version: 2, entries: defaultStatusMap });
  });
});
