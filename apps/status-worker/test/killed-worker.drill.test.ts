import { danaya, describeWithRedis, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { holdDelivery } from "../../../packages/worker/test/hold-delivery.ts";
import { openTestPipeline, type TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";

describeWithRedis("a status worker that is killed in mid-job", () => {
  let pipeline: TestPipeline;
  beforeAll(async () => {
    pipeline = await openTestPipeline();
  });
  afterAll(() => pipeline.close());

  const statusOf = async (id: string) => (await pipeline.ledger.deliveries.get(id))?.status;

  test("leaves nothing half done, and the next one applies the delivery once", {
    timeout: 90_000,
  }, async () => {
    const { ledger } = pipeline;
    const subscriber = await ledger.subscribers.create(
      { name: "s", kind: "http", url: "http://127.0.0.1:1/", types: ["*"], companies: ["777"], audience: "operations" },
      { actor: "test", now: new Date() },
    );
    const file = inventFile("killed", { companyId: 777 });
    const victim = await pipeline.start("status-worker");
    const stored = await pipeline.store(danaya.CLIENT_FILE_STATUS_CHANGED(file));
    const held = await holdDelivery(pipeline.databaseUrl, stored.id);
    await pipeline.producer.wake(stored);
    await held.untilWaitedFor("status-worker");
    await victim.kill("SIGKILL");
    await held.release();
    expect(await statusOf(stored.id)).toBe("pending");

    const app = await pipeline.start("status-worker");
    await expect.poll(() => statusOf(stored.id), { timeout: 60_000 }).toBe("applied");
    const { items } = await ledger.notifications.list({ subscriberId: subscriber.id, limit: 10 });
    expect(items).toMatchObject([{ type: "client_file.approved" }]);
    const [applied] = (await ledger.clientFiles.list({ companyId: "777", limit: 10 })).items;
    expect((await ledger.clientFiles.get(applied?.id ?? ""))?.history).toHaveLength(1);
    expect(await ledger.deliveries.get(stored.id)).toMatchObject({ attempts: 0 });
    await app.kill("SIGTERM");
  });
});
