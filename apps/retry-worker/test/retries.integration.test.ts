import { danaya, describeWithRedis, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, openTestPipeline, type TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";

const QUEUE = "RETRY_FOLLOW_UP";
const A_MONTH_AGO = new Date(Date.now() - 30 * 86_400_000);
/** After the file of `inventFile` was opened. */
const LATER = "2026-02-01T08:00:00Z";

describeWithRedis("the retry worker", () => {
  let pipeline: TestPipeline;
  beforeAll(async () => {
    pipeline = await openTestPipeline();
  });
  afterAll(() => pipeline.close());

  test("counts what Danaya wants done again, and tells a subscriber when its timers are due", async () => {
    const { ledger } = pipeline;
    const subscriber = await ledger.subscribers.create(
      { name: "s", kind: "http", url: "http://127.0.0.1:1/", types: ["*"], companies: null, audience: "operations" },
      { actor: "test", now: new Date() },
    );
    const file = inventFile("counted");
    const app = await pipeline.start("retry-worker");
    await pipeline.post(danaya.RETRY_DOCUMENT_VERIFICATION(file));
    await expect
      .poll(async () => (await pipeline.fileOf(file.number))?.retries, { timeout: 10_000 })
      .toMatchObject([{ verification: "FACE_MATCH", attempts: 1, status: "open" }]);
    expect((await pipeline.fileOf(file.number))?.flags).not.toContain("escalated");
    await app.kill("SIGTERM");

    // Its second attempt was applied a month ago, as far as the ledger knows: all its timers are due.
    const again = await pipeline.store(danaya.RETRY_DOCUMENT_VERIFICATION(file, { attempt: 2, timestamp: LATER }));
    const outcome = await ledger.applyDelivery(again.id, A_MONTH_AGO);
    const due = await pipeline.start("retry-worker");
    for (const wakeUp of outcome.kind === "applied" ? outcome.wakeUps : []) await pipeline.producer.wake(wakeUp);
    const statuses = async () =>
      (await pipeline.fileOf(file.number))?.followUps
        .filter(({ attempt }) => attempt === 2)
        .map(({ kind, status }) => `${kind} ${status}`);
    await expect
      .poll(async () => new Set(await statuses()), { timeout: 10_000 })
      .toEqual(new Set(["ask done", "reminder done", "escalation done", "abandonment done"]));
    expect((await pipeline.fileOf(file.number))?.flags).toContain("escalated");

    const { items } = await ledger.notifications.list({ subscriberId: subscriber.id, limit: 20 });
    const types = items.map(({ type }) => type);
    expect(types.filter((type) => type === "verification.retry_requested")).toHaveLength(4); // two retries, the ask, the reminder
    expect(types.filter((type) => type === "verification.escalated")).toHaveLength(2); // after three days, and that one may give up
    for (const { id } of items) {
      expect(await pipeline.producer.stateOf("NOTIFICATION", { id, epoch: 0 })).toBe("waiting");
    }
    await due.kill("SIGTERM");
  });

  test("does not ask when a newer result came first, because the customer would be asked for nothing", async () => {
    const file = inventFile("obsolete");
    const retry = await pipeline.store(danaya.RETRY_DOCUMENT_VERIFICATION(file));
    const outcome = await pipeline.ledger.applyDelivery(retry.id, A_MONTH_AGO);
    const timers = outcome.kind === "applied" ? outcome.wakeUps.filter(({ queue }) => queue === QUEUE) : [];
    expect(timers).not.toEqual([]);
    const result = await pipeline.store(danaya.ANALYSIS_RESULT(file));
    await pipeline.ledger.applyDelivery(result.id, new Date());

    const app = await pipeline.start("retry-worker");
    for (const timer of timers) await pipeline.producer.wake(timer);
    const states = () => Promise.all(timers.map((timer) => pipeline.producer.stateOf(QUEUE, timer)));
    await expect.poll(states, { timeout: 10_000 }).toEqual(timers.map(() => "completed"));
    expect(eventsOf(app, "follow-up-fired")).toEqual([]);
    await app.kill("SIGTERM");
  });

  test("sets the job of a timer anew when it ran ahead of its row, under the next epoch", async () => {
    const opened = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z$/, "Z");
    const file = inventFile("early", { openedAt: opened });
    const retry = await pipeline.store(danaya.RETRY_DOCUMENT_VERIFICATION(file, { timestamp: opened }));
    const outcome = await pipeline.ledger.applyDelivery(retry.id, new Date());
    const timer = outcome.kind === "applied" ? outcome.wakeUps.find(({ queue }) => queue === QUEUE) : undefined;
    if (timer === undefined) throw new Error("no timer was set");
    expect(timer.dueAt?.getTime()).toBeGreaterThan(Date.now());

    const app = await pipeline.start("retry-worker");
    await pipeline.producer.wake({ ...timer, dueAt: null });
    const next = { id: timer.id, epoch: timer.epoch + 1 };
    await expect.poll(() => pipeline.producer.stateOf(QUEUE, next), { timeout: 10_000 }).toBe("delayed");
    expect(eventsOf(app, "follow-up-fired")).toEqual([]);
    await app.kill("SIGTERM");
  });

  test("fails a job whose timer is in no database, at its first attempt", async () => {
    const app = await pipeline.start("retry-worker");
    const key = { id: "00000000-0000-7000-8000-000000000000", epoch: 0 };
    await pipeline.producer.publish(QUEUE, key, { followUpId: key.id, clientFileId: key.id });
    await expect.poll(() => pipeline.producer.stateOf(QUEUE, key), { timeout: 10_000 }).toBe("failed");
    await expect
      .poll(() => eventsOf(app, "job-failed"))
      .toMatchObject([{ followUpId: key.id, err: { code: "FOLLOW_UP_NOT_FOUND" } }]);
    await app.kill("SIGTERM");
  });
});
