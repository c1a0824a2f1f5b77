import { chooseBackend, createProducer, jobIdOf } from "@receiver/queues";
import { createLogger } from "@receiver/runtime";
import { danaya, describeWithRedis, inventFile, startProxy } from "@receiver/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { holdDelivery } from "../../../packages/worker/test/hold-delivery.ts";
import { eventsOf, openTestPipeline, type TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";

describeWithRedis("the status worker", () => {
  let pipeline: TestPipeline;
  beforeAll(async () => {
    pipeline = await openTestPipeline();
  });
  afterAll(() => pipeline.close());

  const statusOf = async (id: string) => (await pipeline.ledger.deliveries.get(id))?.status;
  const untilApplied = (ids: string[], timeout = 20_000) =>
    expect.poll(() => Promise.all(ids.map(statusOf)), { timeout }).toEqual(ids.map(() => "applied"));

  test("applies each of its message types, and tells of it in its log by ids and states alone", async () => {
    const app = await pipeline.start("status-worker");
    const file = inventFile("all types");
    const bodies = [
      danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
      danaya.ANALYSIS_RESULT(file),
      danaya.CLIENT_FILE_STATUS_CHANGED(file),
      danaya.FLAT_CLIENT_FILE(file),
    ];
    const ids: string[] = [];
    for (const body of bodies) ids.push((await pipeline.post(body)).id);
    await untilApplied(ids);
    const { items } = await pipeline.ledger.clientFiles.list({ fileNumber: String(file.number), limit: 10 });
    expect(items).toMatchObject([{ fileUuid: file.uuid, fileNumber: String(file.number), state: "APPROVED" }]);
    await expect
      .poll(() => new Set(eventsOf(app, "delivery-applied").map((line) => line.deliveryId)))
      .toEqual(new Set(ids));
    expect(app.logs.join("\n")).not.toContain(file.externalId);
    await expect.poll(() => eventsOf(app, "decisions-not-confirmed")).toHaveLength(1);
    expect(await app.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("warns when a later delivery takes a decision back, because somebody has acted on it", async () => {
    const app = await pipeline.start("status-worker");
    const file = inventFile("reversed");
    const approval = await pipeline.post(danaya.CLIENT_FILE_STATUS_CHANGED(file));
    await untilApplied([approval.id]);
    const refusal = danaya.CLIENT_FILE_STATUS_CHANGED(file, {
      timestamp: "2026-10-01T10:00:00Z",
      payload: { status: "REJETER" },
    });
    const { id } = await pipeline.post(refusal);
    await untilApplied([id]);
    await expect.poll(() => eventsOf(app, "decision-reversed")).toMatchObject([{ deliveryId: id, state: "REJECTED" }]);
    const metrics = await (await fetch(`${app.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/receiver_decisions_reversed_total\{[^}]*type="CLIENT_FILE_STATUS_CHANGED"[^}]*\} 1/);
    await app.kill("SIGTERM");
  });

  test("fails nothing and counts no attempt while Postgres is away in the middle of jobs", {
    timeout: 90_000,
  }, async () => {
    const proxy = await startProxy(pipeline.databaseUrl);
    const app = await pipeline.start("status-worker", { DATABASE_URL: proxy.url });
    const stored = [];
    for (let n = 0; n < 20; n += 1)
      stored.push(await pipeline.store(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(`outage ${n}`))));
    const [first] = stored;
    const held = await holdDelivery(pipeline.databaseUrl, first?.id ?? "");
    for (const wakeUp of stored.slice(0, 10)) await pipeline.producer.wake(wakeUp);
    await held.untilWaitedFor("status-worker");
    await proxy.cut();
    for (const wakeUp of stored.slice(10)) await pipeline.producer.wake(wakeUp);
    await vi.waitFor(() => expect(eventsOf(app, "worker-held")).not.toEqual([]), { timeout: 20_000 });
    expect((await fetch(`${app.metricsUrl}/readyz`)).status).toBe(503);
    await held.release();
    await proxy.restore();

    await untilApplied(
      stored.map(({ id }) => id),
      60_000,
    );
    expect([...eventsOf(app, "job-attempt-failed"), ...eventsOf(app, "job-failed")]).toEqual([]);
    const applied = eventsOf(app, "delivery-applied");
    expect(new Set(applied.map((line) => line.attempt))).toEqual(new Set([1]));
    const rows = await pipeline.rows<{ attempts: number }>("select attempts from deliveries where id = any($1)", [
      stored.map(({ id }) => id),
    ]);
    expect(new Set(rows.map(({ attempts }) => attempts))).toEqual(new Set([0]));
    expect((await fetch(`${app.metricsUrl}/readyz`)).status).toBe(200);
    await app.kill("SIGTERM");
    await proxy.close();
  });

  test("writes on the row why a delivery has failed for good, and holds up no other", async () => {
    const app = await pipeline.start("status-worker");
    const poison = await pipeline.store(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("poison")));
    await pipeline.rows(
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'awa.kone@example.ci'; end $$`,
    );
    await pipeline.rows(
      `create trigger poison before insert on events for each row when (new.id = '${poison.id}') execute function refuse()`,
    );
    const queue = pipeline.producer.bullQueues().find(({ name }) => name === poison.queue);
    const jobId = jobIdOf(poison.queue, poison);
    await queue?.add(poison.queue, poison.data, { jobId, attempts: 2 }); // the registry's eight take minutes
    const healthy = await pipeline.post(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("healthy")));
    await untilApplied([healthy.id]);

    await expect.poll(() => statusOf(poison.id), { timeout: 20_000 }).toBe("failed");
    const row = await pipeline.ledger.deliveries.get(poison.id);
    expect(row).toMatchObject({ attempts: 2, errorCode: "INTERNAL" });
    expect(row?.errorFrames).not.toEqual([]);
    await expect.poll(() => pipeline.producer.stateOf(poison.queue, poison)).toBe("failed");
    const job = await queue?.getJob(jobId);
    expect(JSON.stringify([row, job?.failedReason, job?.stacktrace, app.logs])).not.toContain("awa.kone");

    await pipeline.rows("drop trigger poison on events");
    const { wakeUps } = await pipeline.ledger.deliveries.replay({ id: poison.id }, { actor: "test", reason: null });
    for (const wakeUp of wakeUps) await pipeline.producer.wake(wakeUp);
    await untilApplied([poison.id]);
    await app.kill("SIGTERM");
  });

  test("fails a job whose delivery is in no database, at its first attempt", async () => {
    const app = await pipeline.start("status-worker");
    const key = { id: "f".repeat(40), epoch: 0 };
    const data = {
      deliveryId: key.id,
      messageType: "ANALYSIS_RESULT",
      companyId: "1",
      receivedAt: new Date().toISOString(),
    } as const;
    await pipeline.producer.publish("ANALYSIS_RESULT", key, data);
    await expect.poll(() => pipeline.producer.stateOf("ANALYSIS_RESULT", key), { timeout: 10_000 }).toBe("failed");
    await expect
      .poll(() => eventsOf(app, "job-failed"))
      .toMatchObject([{ deliveryId: key.id, attempt: 1, err: { code: "DELIVERY_NOT_FOUND" } }]);
    await app.kill("SIGTERM");
  });

  test("does its work on Postgres alone where no Redis is given", async () => {
    const app = await pipeline.start("status-worker", { REDIS_URL: "" });
    const logger = createLogger({ app: "test", level: "silent" });
    const producer = createProducer(chooseBackend({ databaseUrl: pipeline.databaseUrl }), logger);
    const stored = await pipeline.store(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("no redis")));
    await producer.wake(stored);
    await untilApplied([stored.id]);
    await expect.poll(() => eventsOf(app, "backend-chosen")).toMatchObject([{ backend: "postgres" }]);
    expect(await app.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    await producer.close();
  });
});
