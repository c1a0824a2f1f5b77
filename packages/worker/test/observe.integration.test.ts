import { startApp } from "@receiver/runtime";
import { danaya, describeWithRedis, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  applyStoredDelivery,
  deliveryTools,
  openPipeline,
  pipelineEnvironment,
  pipelineSecrets,
  startWorkers,
} from "../src/index.ts";
import { openTestPipeline, type TestPipeline } from "./open-test-pipeline.ts";

const config = pipelineEnvironment.transform((env) => ({ observe: env.OBSERVE, secrets: pipelineSecrets(env) }));
const QUEUE = "CLIENT_FILE_STATUS_CHANGED";

describeWithRedis("observe mode", () => {
  let pipeline: TestPipeline;
  beforeAll(async () => {
    pipeline = await openTestPipeline();
  });
  afterAll(() => pipeline.close());

  /** A worker of one queue, in this process. */
  async function startWorker(env: { OBSERVE?: string } = {}) {
    const lines: { event?: string; driftName?: string }[] = [];
    const app = await startApp({
      name: "test",
      env: { DATABASE_URL: pipeline.databaseUrl, REDIS_URL: pipeline.redisUrl, ...env },
      config,
      start: async (context) => {
        const opened = await openPipeline("test", context);
        await startWorkers(context, opened, { [QUEUE]: applyStoredDelivery }, deliveryTools(opened, context));
        return {};
      },
      destination: { write: (line) => void lines.push(JSON.parse(line)) },
    });
    return { app, linesOf: (name: string) => lines.filter(({ event }) => event === name) };
  }

  test("stores what comes, applies nothing, says what would happen, and applies it all afterwards", async () => {
    const { ledger, producer } = pipeline;
    await ledger.subscribers.create(
      { name: "core", kind: "http", url: "https://s.example/", types: ["*"], companies: null, audience: "operations" },
      { actor: "test", now: new Date() },
    );
    const body = danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("observed"), { payload: { risk: "low" } });
    const { id } = await pipeline.post(body); // published, too, as by an operator's replay
    const observing = await startWorker({ OBSERVE: "on" });
    expect(observing.linesOf("observing")).toHaveLength(1);
    const foretold = await ledger.deliveries.foretellPending({ limit: 10 }, new Date());
    expect(foretold).toMatchObject({
      applied: [{ id, messageType: QUEUE }],
      changes: [{ state: { before: null, after: "APPROVED" } }],
      notifications: [{ type: "client_file.approved", subscriber: "core", count: 1 }],
      drift: [{ kind: "field", name: "payload.risk" }],
    });
    await observing.app.stop();
    expect(await ledger.deliveries.get(id)).toMatchObject({ disposition: "accepted", status: "pending" });
    expect((await ledger.clientFiles.list({ limit: 1 })).items).toEqual([]);
    expect((await producer.counts(QUEUE)).waiting).toBe(1);

    await pipeline.redis.flush(); // what waits is found by its row
    const worker = await startWorker();
    const { wakeUps } = await ledger.sweep.overdue("deliveries", { before: new Date(), after: null, limit: 10 });
    for (const wakeUp of wakeUps) await producer.wake(wakeUp);
    await expect.poll(async () => (await ledger.drift.list({ limit: 9 })).items, { timeout: 10_000 }).toHaveLength(1);
    expect(await ledger.deliveries.get(id)).toMatchObject({ status: "applied" });
    expect((await ledger.clientFiles.list({ limit: 1 })).items).toMatchObject([{ state: "APPROVED" }]);
    expect(worker.linesOf("contract-drift")).toMatchObject([{ driftName: "payload.risk" }]);
    const metrics = await (await fetch(`${worker.app.urls.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/receiver_contract_drift_total\{kind="field",type="CLIENT_FILE_STATUS_CHANGED",.*\} 1/);
    await worker.app.stop();
  });
});
