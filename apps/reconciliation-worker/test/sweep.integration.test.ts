import { randomUUID } from "node:crypto";
import { deliveryIdOf } from "@receiver/ledger/inbox";
import { chooseBackend, createProducer, createWorker, jobIdOf } from "@receiver/queues";
import { createLogger } from "@receiver/runtime";
import { bytesOf, danaya, describeWithRedis, inventFile, startProxy } from "@receiver/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventsOf, openTestPipeline, type TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";
import { openSweeper } from "./open-sweeper.ts";

const QUEUE = "CLIENT_FILE_STATUS_CHANGED";
const SWEPT = "receiver_swept_rows_total";

describeWithRedis("a sweep", () => {
  let pipeline: TestPipeline;
  beforeAll(async () => {
    pipeline = await openTestPipeline();
  });
  afterEach(() => pipeline.reset());
  afterAll(() => pipeline.close());

  const storeDecision = (name: string) => pipeline.store(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(name)));
  const rowOf = (id: string) => pipeline.ledger.deliveries.get(id);
  const stateOf = (wakeUp: { id: string; epoch: number }) => pipeline.producer.stateOf(QUEUE, wakeUp);
  const subscribe = () =>
    pipeline.ledger.subscribers.create(
      { name: "s", kind: "http", url: "http://127.0.0.1:1/", types: ["*"], companies: null, audience: "operations" },
      { actor: "test", now: new Date() },
    );

  /** Runs the jobs of the queue in a worker that doesn't settle their rows, until the one asked about has ended. */
  async function spendJob(wakeUp: { id: string; epoch: number }, end: "completed" | "failed") {
    const process = async () => {
      if (end === "failed") throw new TypeError("a defect");
    };
    const handlers = { process, failedForGood: async () => {}, available: async () => {} };
    const logger = createLogger({ app: "test", level: "silent" });
    const worker = await createWorker(chooseBackend(pipeline), QUEUE, handlers, { logger });
    await expect.poll(() => stateOf(wakeUp), { timeout: 10_000 }).toBe(end);
    await worker.close(0);
  }

  test("publishes every row whose job is gone, under the epoch that it has, because its id was never spent", async () => {
    const stored = await Promise.all(["a", "b", "c"].map(storeDecision));
    for (const wakeUp of stored.slice(1)) await pipeline.producer.wake(wakeUp);
    await pipeline.redis.flush();
    const sweeper = openSweeper(pipeline);
    await sweeper.sweep();
    for (const wakeUp of stored) expect(await stateOf(wakeUp)).toBe("waiting");
    expect(await sweeper.metric(SWEPT, { kind: "deliveries", outcome: "published" })).toBe(3);
    expect(eventsOf(sweeper, "rows-published-again")).toMatchObject([{ kind: "deliveries", count: 3 }]);
  });

  test("goes through all of them, page by page", async () => {
    const names = Array.from({ length: 450 }, (_, n) => `many ${n}`);
    await Promise.all(names.map(storeDecision));
    await openSweeper(pipeline).sweep();
    expect((await pipeline.producer.counts(QUEUE)).waiting).toBe(450);
  });

  describe("that finds a queue full enough", () => {
    const ENOUGH = 10_000;
    const OTHER = "ANALYSIS_RESULT";
    const bullQueue = () => pipeline.producer.bullQueues().find(({ name }) => name === QUEUE);
    /** Jobs that stand for other rows' and wait. */
    const fill = async (jobs: number) => {
      const job = { name: QUEUE, data: {} };
      for (let left = jobs; left > 0; left -= 500) {
        await bullQueue()?.addBulk(Array.from({ length: Math.min(500, left) }, () => job));
      }
    };
    const waitingIn = async (queue: typeof QUEUE | typeof OTHER) => (await pipeline.producer.counts(queue)).waiting;

    test("adds what it takes to have enough, leaves the others to a later sweep, and serves the other queues meanwhile", async () => {
      await Promise.all(Array.from({ length: 300 }, (_, n) => storeDecision(`backlog ${n}`)));
      const behind = await pipeline.store(danaya.ANALYSIS_RESULT(inventFile("behind the backlog")));
      await fill(ENOUGH - 100);
      const sweeper = openSweeper(pipeline);
      const outcomes = (outcome: string) => sweeper.metric(SWEPT, { kind: "deliveries", outcome });

      // Again where Redis was too slow to answer: such a page is the next sweep's, and counts nothing.
      const foundFull = async () => {
        await sweeper.sweep();
        return outcomes("queue-full");
      };
      await expect.poll(foundFull, { timeout: 30_000 }).toBeGreaterThanOrEqual(100);
      expect(await waitingIn(QUEUE)).toBe(ENOUGH);
      expect(await pipeline.producer.stateOf(OTHER, behind)).toBe("waiting");
      await sweeper.sweep();
      expect(await waitingIn(QUEUE)).toBe(ENOUGH);

      await bullQueue()?.drain();
      await sweeper.sweep();
      expect(await waitingIn(QUEUE)).toBe(300); // those that it had left, and those whose jobs were drained
    });
  });

  test("ends in seconds when Redis hangs in the middle of it, and the next one goes on", async () => {
    await Promise.all(Array.from({ length: 450 }, (_, n) => storeDecision(`hanging ${n}`)));
    const proxy = await startProxy(pipeline.redisUrl);
    const logger = createLogger({ app: "test", level: "silent" });
    const producer = createProducer(chooseBackend({ ...pipeline, redisUrl: proxy.url }), logger);
    let pages = 0;
    const overdue: TestPipeline["ledger"]["sweep"]["overdue"] = async (kind, page) => {
      if (page.messageType === QUEUE) {
        pages += 1;
        if (pages === 2) proxy.hang();
      }
      return pipeline.ledger.sweep.overdue(kind, page);
    };
    const ledger = { ...pipeline.ledger, sweep: { ...pipeline.ledger.sweep, overdue } };
    const sweeper = openSweeper({ ...pipeline, producer, ledger });

    const startedAt = performance.now();
    await sweeper.sweep();
    expect(performance.now() - startedAt).toBeLessThan(10_000); // 2 s for an answer, on a machine with other things to do
    expect(eventsOf(sweeper, "sweep-step-failed")).toMatchObject([{ err: { code: "REDIS_UNAVAILABLE" } }]);
    expect((await pipeline.producer.counts(QUEUE)).waiting).toBe(200);
    await proxy.restore();
    await expect
      .poll(
        async () => {
          await sweeper.sweep();
          return (await pipeline.producer.counts(QUEUE)).waiting;
        },
        { timeout: 20_000 },
      )
      .toBe(450);
    await producer.close();
    await proxy.close();
  });

  test("leaves a row of a type that a newer version brought to that version's sweeper", async () => {
    const newer = await storeDecision("of tomorrow");
    await pipeline.rows("update deliveries set message_type = 'OF_TOMORROW' where id = $1", [newer.id]);
    const sweeper = openSweeper(pipeline);
    await sweeper.sweep();
    expect(await rowOf(newer.id)).toMatchObject({ status: "pending", epoch: 0 });
    expect(eventsOf(sweeper, "row-not-published")).toEqual([]);
  });

  test("raises the epoch of a row whose job has completed without settling it, once for however many sweepers", async () => {
    const wakeUp = await storeDecision("completed in vain");
    await pipeline.producer.wake(wakeUp);
    await spendJob(wakeUp, "completed");
    const sweepers = Array.from({ length: 5 }, () => openSweeper(pipeline));
    await Promise.all(sweepers.map(({ sweep }) => sweep()));
    expect(await rowOf(wakeUp.id)).toMatchObject({ epoch: 1, status: "pending" });
    expect(await stateOf({ ...wakeUp, epoch: 1 })).toBe("waiting");
    expect((await pipeline.producer.counts(QUEUE)).waiting).toBe(1);
  });

  test("raises the epoch of a row whose job failed without a word on the row", async () => {
    const wakeUp = await storeDecision("failed in silence");
    const queue = pipeline.producer.bullQueues().find(({ name }) => name === QUEUE);
    await queue?.add(QUEUE, wakeUp.data, { jobId: jobIdOf(QUEUE, wakeUp), attempts: 1 });
    await spendJob(wakeUp, "failed");
    const sweeper = openSweeper(pipeline);
    await sweeper.sweep();
    expect(await stateOf({ ...wakeUp, epoch: 1 })).toBe("waiting");
    expect(await sweeper.metric(SWEPT, { kind: "deliveries", outcome: "raised" })).toBe(1);
  });

  test("leaves alone what waits for a worker or for its time", async () => {
    const waiting = await storeDecision("waiting");
    const delayed = await storeDecision("delayed");
    await pipeline.producer.wake(waiting);
    await pipeline.producer.wake({ ...delayed, dueAt: new Date(Date.now() + 3_600_000) });
    const sweeper = openSweeper(pipeline);
    await sweeper.sweep();
    expect([await stateOf(waiting), await stateOf(delayed)]).toEqual(["waiting", "delayed"]);
    expect(await sweeper.metric(SWEPT, { kind: "deliveries", outcome: "left" })).toBe(2);
    for (const { id } of [waiting, delayed]) expect(await rowOf(id)).toMatchObject({ epoch: 0 });
  });

  test("leaves alone what a worker has in its hands", async () => {
    const wakeUp = await storeDecision("running");
    await pipeline.producer.wake(wakeUp);
    const job = Promise.withResolvers<void>();
    const handlers = { process: () => job.promise, failedForGood: async () => {}, available: async () => {} };
    const logger = createLogger({ app: "test", level: "silent" });
    const worker = await createWorker(chooseBackend(pipeline), QUEUE, handlers, { logger });
    await expect.poll(() => stateOf(wakeUp), { timeout: 10_000 }).toBe("active");
    await openSweeper(pipeline).sweep();
    expect(await rowOf(wakeUp.id)).toMatchObject({ epoch: 0 });
    expect(await stateOf({ ...wakeUp, epoch: 1 })).toBe("absent");
    job.resolve();
    await worker.close(1_000);
  });

  test("does not send again what has failed for good, because that is an operator's decision", async () => {
    const failed = await storeDecision("failed");
    await pipeline.ledger.recordDeliveryFailure(failed.id, { code: "INTERNAL", frames: [], epoch: 0, now: new Date() });
    await openSweeper(pipeline).sweep();
    expect(await stateOf(failed)).toBe("absent");
    expect(await rowOf(failed.id)).toMatchObject({ status: "failed", epoch: 0 });
  });

  test("goes on past a row whose job the queue refuses", async () => {
    const malformed = await storeDecision("malformed");
    await pipeline.rows("update deliveries set company_id = '' where id = $1", [malformed.id]);
    const sound = await storeDecision("sound");
    const sweeper = openSweeper(pipeline);
    await sweeper.sweep();
    expect(await stateOf(sound)).toBe("waiting");
    expect(eventsOf(sweeper, "row-not-published")).toMatchObject([
      { kind: "deliveries", err: { code: "JOB_MALFORMED" } },
    ]);
  });

  test("wakes notifications and follow-ups whose jobs are gone", async () => {
    await subscribe();
    const { id } = await pipeline.store(danaya.RETRY_DOCUMENT_VERIFICATION(inventFile("timers long due")));
    const aMonthAgo = new Date(Date.now() - 30 * 86_400_000);
    const outcome = await pipeline.ledger.applyDelivery(id, aMonthAgo);
    const wakeUps = outcome.kind === "applied" ? outcome.wakeUps : [];
    expect(new Set(wakeUps.map(({ queue }) => queue))).toEqual(new Set(["NOTIFICATION", "RETRY_FOLLOW_UP"]));
    await openSweeper(pipeline).sweep();
    for (const wakeUp of wakeUps) expect(await pipeline.producer.stateOf(wakeUp.queue, wakeUp)).toBe("waiting");
  });

  test("tells subscribers once of what the ingress put aside, however many sweepers there are", async () => {
    const { ledger, inbox, producer } = pipeline;
    const subscriber = await subscribe();
    const body = bytesOf({ messageType: "UNKNOWN_TYPE" });
    const problems = [{ path: "messageType", message: "is none of the known ones" }];
    const id = deliveryIdOf(body);
    await inbox.receive({
      id,
      body,
      type: "UNKNOWN_TYPE",
      companyId: null,
      receivedAt: new Date(),
      receiptId: randomUUID(),
      problems,
    });
    const sweepers = Array.from({ length: 3 }, () => openSweeper(pipeline));
    await Promise.all(sweepers.map(({ sweep }) => sweep()));
    await openSweeper(pipeline).sweep();
    const { items } = await ledger.notifications.list({ subscriberId: subscriber.id, limit: 10 });
    expect(items).toMatchObject([{ type: "delivery.quarantined", deliveryId: id }]);
    expect(await producer.stateOf("NOTIFICATION", { id: items[0]?.id ?? "", epoch: 0 })).toBe("waiting");
  });

  test("asserts pauses again after Redis was emptied, before it publishes anything", async () => {
    const { ledger, producer, redis } = pipeline;
    const wakeUp = await storeDecision("held");
    await ledger.pauses.pause(QUEUE, "test");
    await producer.pause(QUEUE);
    await redis.flush();
    const processed: string[] = [];
    const process = async ({ id }: { id: string }) => void processed.push(id);
    const handlers = { process, failedForGood: async () => {}, available: async () => {} };
    const logger = createLogger({ app: "test", level: "silent" });
    const worker = await createWorker(chooseBackend(pipeline), QUEUE, handlers, { logger });
    await openSweeper(pipeline).sweep();
    expect(await producer.isPaused(QUEUE)).toBe(true);
    expect([await stateOf(wakeUp), processed]).toEqual(["waiting", []]);
    await producer.resume(QUEUE);
    await expect.poll(() => processed, { timeout: 10_000 }).toEqual([wakeUp.id]);
    await worker.close(1_000);
  });

  test("resumes a queue that no row holds, because Redis may have been away when it was to be resumed", async () => {
    const { ledger, producer } = pipeline;
    await ledger.pauses.pause(QUEUE, "test");
    await producer.pause(QUEUE);
    await ledger.pauses.resume(QUEUE, "test");
    await openSweeper(pipeline).sweep();
    expect(await producer.isPaused(QUEUE)).toBe(false);
  });

  test("warns once when the oldest row is too old, says when that is over, and shows its age at any time", async () => {
    const { id } = await storeDecision("old");
    await pipeline.rows("update deliveries set last_seen_at = now() - interval '10 minutes' where id = $1", [id]);
    const sweeper = openSweeper(pipeline);
    const ageOf = (kind: string) => sweeper.metric("receiver_oldest_pending_seconds", { kind });
    expect(Math.floor((await ageOf("deliveries")) / 10)).toBe(60);
    expect(await ageOf("notifications")).toBe(0);
    await sweeper.sweep();
    await sweeper.sweep();
    expect(eventsOf(sweeper, "backlog-old")).toMatchObject([{ kind: "deliveries" }]);
    await pipeline.ledger.applyDelivery(id, new Date());
    await sweeper.sweep();
    expect(eventsOf(sweeper, "backlog-recovered")).toMatchObject([{ kind: "deliveries" }]);
    expect(await ageOf("deliveries")).toBe(0);
  });
});
