import { danaya, describeWithRedis, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, openTestPipeline, type TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";

describeWithRedis("a timer of a retry", () => {
  let pipeline: TestPipeline;
  beforeAll(async () => {
    pipeline = await openTestPipeline();
  });
  afterAll(() => pipeline.close());

  test("that came due while every process and Redis were gone fires once, because it is a row", async () => {
    const file = inventFile("all gone");
    const before = await pipeline.start("retry-worker");
    await pipeline.post(danaya.RETRY_DOCUMENT_VERIFICATION(file));
    const pending = () => pipeline.rows("select kind from follow_ups where status = 'pending' and due_at > now()");
    await expect.poll(pending, { timeout: 10_000 }).toHaveLength(4);
    await before.kill("SIGKILL");
    await pipeline.redis.flush();
    await pipeline.rows("update follow_ups set due_at = due_at - interval '30 days'"); // as if so much time had passed

    const started = await Promise.all([
      pipeline.start("reconciliation-worker", { SWEEP_INTERVAL_MS: "50", SWEEP_AFTER_MS: "0" }),
      pipeline.start("retry-worker"),
      pipeline.start("retry-worker"),
    ]);
    const fired = () => started.flatMap((app) => eventsOf(app, "follow-up-fired")).length;
    await expect.poll(fired, { timeout: 20_000 }).toBe(4);
    await pipeline.redis.flush(); // whoever is swept once more would fire once more
    const probe = await pipeline.store(danaya.RETRY_DOCUMENT_VERIFICATION(inventFile("a sweep later")));
    await expect
      .poll(async () => (await pipeline.ledger.deliveries.get(probe.id))?.status, { timeout: 20_000 })
      .toBe("applied");
    expect(fired()).toBe(4);
    const kept = await pipeline.fileOf(file.number);
    expect(kept?.followUps.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      "abandonment done",
      "ask done",
      "escalation done",
      "reminder done",
    ]);
    expect(kept?.version).toBe(5); // the retry, and one for each timer
    await Promise.all(started.map((app) => app.kill("SIGTERM")));
  });
});
