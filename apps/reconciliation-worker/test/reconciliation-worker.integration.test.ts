import { randomUUID } from "node:crypto";
import { deliveryIdOf } from "@receiver/ledger/inbox";
import { bytesOf, danaya, describeWithRedis, inventFile, startProxy } from "@receiver/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventsOf, openTestPipeline, type TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";

/** Looks often, and at everything. */
const EAGER = { SWEEP_INTERVAL_MS: "50", SWEEP_AFTER_MS: "0" };
const QUEUE = "CLIENT_FILE_STATUS_CHANGED";

describeWithRedis("the reconciliation worker", () => {
  let pipeline: TestPipeline;
  beforeAll(async () => {
    pipeline = await openTestPipeline();
  });
  afterEach(() => pipeline.reset());
  afterAll(() => pipeline.close());

  const decision = (name: string) => danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(name));

  test("has every delivery applied although Redis was emptied while they waited", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 25; n += 1) ids.push((await pipeline.post(decision(`flushed ${n}`))).id);
    await pipeline.redis.flush();
    expect((await pipeline.producer.counts(QUEUE)).waiting).toBe(0);
    const [sweeper] = await Promise.all([
      pipeline.start("reconciliation-worker", EAGER),
      pipeline.start("reconciliation-worker", EAGER),
      pipeline.start("status-worker"),
    ]);
    const statuses = () => Promise.all(ids.map(async (id) => (await pipeline.ledger.deliveries.get(id))?.status));
    await expect.poll(statuses, { timeout: 20_000 }).toEqual(ids.map(() => "applied"));
    const { items } = await pipeline.ledger.clientFiles.list({ limit: 100 });
    const histories = items.map(async ({ id }) => (await pipeline.ledger.clientFiles.get(id))?.history.length);
    expect(await Promise.all(histories)).toEqual(ids.map(() => 1));
    expect(await sweeper.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("leaves alone what waits in observe mode, and calls it no backlog, because it waits on purpose", async () => {
    await pipeline.store(decision("observed"));
    const worker = await pipeline.start("reconciliation-worker", {
      ...EAGER,
      BACKLOG_WARN_AFTER_MS: "0",
      OBSERVE: "on",
    });
    expect(await worker.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(eventsOf(worker, "observing")).toHaveLength(1);
    expect(eventsOf(worker, "backlog-old")).toEqual([]);
    expect((await pipeline.producer.counts(QUEUE)).waiting).toBe(0);
  });

  test("erases by the clock what has been kept long enough, once it is switched on", async () => {
    const body = bytesOf({ messageType: "OF_TOMORROW" });
    const id = deliveryIdOf(body);
    const problems = [{ path: "messageType", message: "must be known" }];
    const receivedAt = new Date("2020-01-01");
    await pipeline.inbox.receive({
      id,
      body,
      type: "OF_TOMORROW",
      companyId: null,
      receivedAt,
      receiptId: randomUUID(),
      problems,
    });
    const worker = await pipeline.start("reconciliation-worker", { ...EAGER, RETENTION: "on" });
    await expect.poll(() => eventsOf(worker, "retention-erased"), { timeout: 20_000 }).toHaveLength(1);
    expect(eventsOf(worker, "retention-erased")).toMatchObject([{ kind: "deliveryBodies", count: 1 }]);
    expect(await pipeline.ledger.deliveries.get(id)).toMatchObject({ status: "quarantined", erased: true });
    expect(await worker.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("outlives the absence of Redis and of Postgres, and goes on by itself", async () => {
    const proxy = await startProxy(pipeline.databaseUrl);
    const sweeper = await pipeline.start("reconciliation-worker", { ...EAGER, DATABASE_URL: proxy.url });
    const failures = (code: string) =>
      eventsOf(sweeper, "sweep-step-failed").filter(({ err }) => JSON.stringify(err).includes(code)).length;
    await pipeline.redis.kill();
    await expect.poll(() => failures("REDIS_UNAVAILABLE"), { timeout: 10_000 }).toBeGreaterThan(0);
    await pipeline.redis.start();
    await proxy.cut();
    await expect.poll(() => failures("DATABASE_UNAVAILABLE"), { timeout: 10_000 }).toBeGreaterThan(0);
    await proxy.restore();
    const wakeUp = await pipeline.store(decision("afterwards"));
    await expect.poll(() => pipeline.producer.stateOf(QUEUE, wakeUp), { timeout: 15_000 }).toBe("waiting");
    await sweeper.kill("SIGTERM");
    await proxy.close();
  });
});
