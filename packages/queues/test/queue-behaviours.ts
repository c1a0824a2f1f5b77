import { ReceiverError } from "@receiver/runtime";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { WorkerJob } from "../src/index.ts";
import type { Bench, Queue } from "./queue-bench.ts";
import { deliveryJobOf, newKey, QUEUE, untilState } from "./queue-bench.ts";
import { provideBench, type TestStore } from "./test-store.ts";

const away = () => new ReceiverError("DATABASE_UNAVAILABLE");

/** What apps build on while all goes well, whichever the backend. */
export function describeQueueBehaviours(start: () => Promise<TestStore>): void {
  const { bench: provided } = provideBench(start);
  let bench: Bench;
  beforeEach(() => {
    bench = provided();
  });

  describe("publishing", () => {
    it("hands a worker the id, the epoch and the data, and says that it is the first attempt", async () => {
      const runs: WorkerJob<Queue>[] = [];
      const worker = await bench.work({ process: async (job) => void runs.push(job) });
      const key = await bench.publish();
      await untilState(bench.producer, key, "completed");
      expect(runs).toMatchObject([{ ...key, data: deliveryJobOf(key.id), attempt: 1, attempts: 8 }]);
      expect(worker.outcomes).toEqual(["completed"]);
    });

    it("is a no-op for an id and epoch that are known, whatever became of them, and runs a raised epoch", async () => {
      const process = vi.fn(async () => {});
      await bench.work({ process });
      const key = await bench.publish();
      await untilState(bench.producer, key, "completed");
      await bench.publish({ key });
      const raised = await bench.publish({ key: { id: key.id, epoch: 1 } });
      await untilState(bench.producer, raised, "completed");
      expect(process).toHaveBeenCalledTimes(2);
    });

    it("holds a delayed job back until it is due", async () => {
      const startedAt: number[] = [];
      await bench.work({ process: async () => void startedAt.push(Date.now()) });
      const publishedAt = Date.now();
      const key = await bench.publish({ delayMs: 400 });
      expect(await bench.producer.stateOf(QUEUE, key)).toBe("delayed");
      await untilState(bench.producer, key, "completed");
      expect((startedAt[0] ?? 0) - publishedAt).toBeGreaterThanOrEqual(395);
    });

    it("takes what the ledger hands out, now or at its time, and refuses what no queue carries", async () => {
      const wakeUp = { queue: QUEUE, ...newKey(), data: {}, dueAt: null };
      const due = { ...wakeUp, data: deliveryJobOf(wakeUp.id) };
      const later = { ...due, ...newKey(), dueAt: new Date(Date.now() + 60_000) };
      await bench.producer.wake(due);
      await bench.producer.wake(later);
      expect(await bench.producer.stateOf(QUEUE, due)).toBe("waiting");
      expect(await bench.producer.stateOf(QUEUE, later)).toBe("delayed");
      await expect(bench.producer.wake(wakeUp)).rejects.toMatchObject({ code: "JOB_MALFORMED" });
      await expect(bench.producer.wake({ ...due, queue: "NONE" })).rejects.toMatchObject({ code: "JOB_MALFORMED" });
    });

    it("knows a job that was never published as absent", async () => {
      expect(await bench.producer.stateOf(QUEUE, newKey())).toBe("absent");
    });
  });

  describe("counting", () => {
    it("tells jobs by state, and how long the head of the line has been due", async () => {
      await bench.publish();
      await vi.waitFor(async () => {
        const { oldestWaitingSeconds } = await bench.producer.counts(QUEUE);
        expect(oldestWaitingSeconds).toBeGreaterThan(0.3);
      });
      await bench.publish();
      await bench.publish({ delayMs: 60_000 });
      const counts = await bench.producer.counts(QUEUE);
      expect(counts).toMatchObject({ waiting: 2, delayed: 1, active: 0, completed: 0, failed: 0 });
      expect(counts.oldestWaitingSeconds).toBeGreaterThan(0.3); // the oldest's, not the newest's
    });
  });

  describe("pausing a queue", () => {
    it("holds its jobs back until it is resumed", async () => {
      const process = vi.fn(async () => {});
      await bench.producer.pause(QUEUE);
      await bench.work({ process });
      const key = await bench.publish();
      expect(await bench.producer.isPaused(QUEUE)).toBe(true);
      expect(await bench.producer.stateOf(QUEUE, key)).toBe("waiting");
      expect(await bench.producer.counts(QUEUE)).toMatchObject({ waiting: 1 });
      expect(process).not.toHaveBeenCalled();
      await bench.producer.resume(QUEUE);
      await untilState(bench.producer, key, "completed");
      expect(await bench.producer.isPaused(QUEUE)).toBe(false);
    });
  });

  describe("closing a worker", () => {
    it("lets active jobs finish, and takes no other", async () => {
      const started = Promise.withResolvers<void>();
      const finish = Promise.withResolvers<void>();
      const worker = await bench.work(
        {
          process: async () => {
            started.resolve();
            await finish.promise;
          },
        },
        1,
      );
      const first = await bench.publish();
      await started.promise;
      const closed = worker.close(10_000);
      const second = await bench.publish();
      await vi.waitFor(async () => {
        expect((await bench.producer.counts(QUEUE)).oldestWaitingSeconds).toBeGreaterThan(0.2);
      });
      finish.resolve();
      await closed;
      expect(await bench.producer.stateOf(QUEUE, first)).toBe("completed");
      expect(await bench.producer.stateOf(QUEUE, second)).toBe("waiting");
    });

    it("lets go of a job that outlasts the grace", async () => {
      const started = Promise.withResolvers<void>();
      const worker = await bench.work({
        process: () => {
          started.resolve();
          return new Promise(() => {});
        },
      });
      const key = await bench.publish();
      await started.promise;
      const before = performance.now();
      await worker.close(200);
      expect(performance.now() - before).toBeLessThan(1_500);
      expect(await bench.producer.stateOf(QUEUE, key)).toBe("active"); // until its lock runs out
    });

    it("is quick when there is nothing to wait for, also in the middle of an outage, and twice is once", async () => {
      const idle = await bench.work({});
      const held = await bench.work({ process: () => Promise.reject(away()), available: () => Promise.reject(away()) });
      await idle.close(10_000);
      await bench.publish();
      await vi.waitFor(() => expect(held.isHeld()).toBe(true));
      const before = performance.now();
      await Promise.all([held.close(10_000), held.close(10_000)]);
      expect(performance.now() - before).toBeLessThan(2_000);
    });
  });
}
