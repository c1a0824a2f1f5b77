import { ReceiverError } from "@receiver/runtime";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Bench } from "./queue-bench.ts";
import { deliveryJobOf, newKey, QUEUE, untilState } from "./queue-bench.ts";
import { provideBench, type TestStore } from "./test-store.ts";

const soon = () => new ReceiverError("INTERNAL", { retryInMs: 5 });
const away = () => new ReceiverError("DATABASE_UNAVAILABLE");

/** What becomes of jobs that fail, whichever the backend. */
export function describeFailureBehaviours(start: () => Promise<TestStore>): void {
  const { bench: provided, dump: dumpStore } = provideBench(start);
  let bench: Bench;
  beforeEach(() => {
    bench = provided();
  });

  describe("a run that fails", () => {
    it("is followed by another one, and each is recorded with when the next one comes", async () => {
      const attempts: number[] = [];
      const recorded: unknown[] = [];
      const worker = await bench.work({
        process: async ({ attempt }) => {
          attempts.push(attempt);
          if (attempt < 3) throw soon();
        },
        failedAttempt: async ({ attempt }, { code }, nextRunInMs) => void recorded.push([attempt, code, nextRunInMs]),
      });
      const key = await bench.publish();
      await untilState(bench.producer, key, "completed");
      expect(attempts).toEqual([1, 2, 3]);
      expect(recorded).toEqual([
        [1, "INTERNAL", 5],
        [2, "INTERNAL", 5],
      ]);
      expect(worker.outcomes).toEqual(["retried", "retried", "completed"]);
    });

    it("waits as long as the error says, or as the back-off does where it says nothing", async () => {
      const delays: number[] = [];
      await bench.work({
        process: async ({ attempt }) => {
          if (attempt === 1) throw new ReceiverError("SUBSCRIBER_REFUSED", { retryInMs: 700 });
          if (attempt === 2) throw new Error("no code");
        },
        failedAttempt: async (_job, _error, nextRunInMs) => void delays.push(nextRunInMs),
      });
      const publishedAt = Date.now();
      const key = await bench.publish();
      await untilState(bench.producer, key, "completed");
      expect(Date.now() - publishedAt).toBeGreaterThanOrEqual(695);
      expect(delays[0]).toBe(700);
      expect(delays[1]).toBeLessThanOrEqual(2_000); // the ceiling after two failures
    });

    it("changes nothing about the next run when its recording fails", async () => {
      await bench.work({
        process: async ({ attempt }) => {
          if (attempt === 1) throw soon();
        },
        failedAttempt: () => Promise.reject(new Error("not recorded")),
      });
      const key = await bench.publish();
      await untilState(bench.producer, key, "completed");
    });

    it("ends the job when it was the last one, and says so once", async () => {
      const process = vi.fn(() => Promise.reject(soon()));
      const worker = await bench.work({ process });
      const key = await bench.publish();
      await untilState(bench.producer, key, "failed");
      expect(process).toHaveBeenCalledTimes(8);
      expect(worker.failedForGood).toEqual([{ id: key.id, code: "INTERNAL", attempt: 8 }]);
    });

    it("ends the job at once when trying again is no use, and says so once", async () => {
      const process = vi.fn(() => Promise.reject(new ReceiverError("CONTRACT_BROKEN")));
      const worker = await bench.work({ process });
      const key = await bench.publish();
      await untilState(bench.producer, key, "failed");
      expect(process).toHaveBeenCalledTimes(1);
      expect(worker.failedForGood).toEqual([{ id: key.id, code: "CONTRACT_BROKEN", attempt: 1 }]);
      expect(await bench.producer.counts(QUEUE)).toMatchObject({ failed: 1 });
    });

    it("tries again to have the end of a job written, because a deadlock there is nobody's fault", async () => {
      const failedForGood = vi
        .fn<() => Promise<void>>()
        .mockRejectedValueOnce(new ReceiverError("DATABASE_CONTENTION"))
        .mockResolvedValueOnce();
      await bench.work({ process: () => Promise.reject(new ReceiverError("CONTRACT_BROKEN")), failedForGood });
      const key = await bench.publish();
      await untilState(bench.producer, key, "failed");
      expect(failedForGood).toHaveBeenCalledTimes(2);
    });
  });

  describe("an infrastructure error", () => {
    it("costs no attempt, holds the worker while it lasts, and fails nothing however long that is", async () => {
      let down = true;
      const attempts: number[] = [];
      const available = vi.fn(async () => {
        if (down) throw away();
      });
      const worker = await bench.work({
        available,
        process: async ({ attempt }) => {
          attempts.push(attempt);
          if (down) throw away();
        },
      });
      const keys = await Promise.all(Array.from({ length: 12 }, () => bench.publish()));
      await vi.waitFor(() => expect(available.mock.calls.length).toBeGreaterThan(20), { timeout: 10_000 });
      expect(worker.isHeld()).toBe(true);
      expect(attempts.length).toBeLessThanOrEqual(4); // what was under way when it began
      expect(worker.outcomes.length).toBeLessThanOrEqual(8); // the others were not even fetched, but for what was on its way
      down = false;
      for (const key of keys) await untilState(bench.producer, key, "completed");
      expect(new Set(attempts)).toEqual(new Set([1]));
      expect(worker.failedForGood).toEqual([]);
      expect(worker.outcomes.filter((outcome) => outcome === "completed")).toHaveLength(12);
    });

    it("ends even when what is asked answers long before jobs succeed", async () => {
      let down = true;
      const process = vi.fn(async () => {
        if (down) throw away();
      });
      await bench.work({ process });
      const key = await bench.publish();
      await vi.waitFor(() => expect(process.mock.calls.length).toBeGreaterThan(12), { timeout: 10_000 });
      down = false;
      await untilState(bench.producer, key, "completed");
    });

    it("keeps a job whose end could not be written", async () => {
      let down = true;
      const ends: string[] = [];
      const worker = await bench.work({
        process: () => Promise.reject(new ReceiverError("CONTRACT_BROKEN")),
        failedForGood: async (job, { code }) => {
          if (down) throw away();
          ends.push(`${job.id} ${code} ${job.attempt}`);
        },
        available: async () => {
          if (down) throw away();
        },
      });
      const key = await bench.publish();
      await vi.waitFor(() => expect(worker.isHeld()).toBe(true));
      expect(await bench.producer.stateOf(QUEUE, key)).not.toBe("failed");
      down = false;
      await untilState(bench.producer, key, "failed");
      expect(ends).toEqual([`${key.id} CONTRACT_BROKEN 1`]);
    });
  });

  describe("what the store learns", () => {
    it("is a code and its meaning: no word of the error, its stack or its cause", async () => {
      const planted = "Awa-Kone-0102030405";
      const name = `is ${planted}`;
      const thrower = { [name]: () => Promise.reject(new Error(planted, { cause: planted })) }[name];
      await bench.work({
        process: async ({ attempt }) => {
          if (attempt === 1) await thrower?.();
          throw Object.assign(new ReceiverError("CONTRACT_BROKEN", { cause: new Error(planted) }), { detail: planted });
        },
      });
      const key = newKey();
      await bench.producer.publish(QUEUE, key, { ...deliveryJobOf(key.id), ...{ fullName: planted } });
      await untilState(bench.producer, key, "failed");
      const dump = await dumpStore();
      expect(dump).toContain("CONTRACT_BROKEN: ");
      expect(dump).toContain("INTERNAL: ");
      expect(dump).not.toContain(planted);
    });

    it("quotes nothing of a job that no version could read for ten minutes, and ends it without a word on the row", async () => {
      const process = vi.fn(async () => {});
      const worker = await bench.work({ process });
      const key = newKey();
      const bull = bench.producer.bullQueues().find(({ name }) => name === QUEUE);
      const timestamp = Date.now() - 11 * 60_000;
      await bull?.add(QUEUE, { messageType: 7 }, { jobId: `d-${key.id}-0`, timestamp });
      await untilState(bench.producer, key, "failed");
      expect(worker.failedForGood).toEqual([]); // so the row is still pending, and swept
      const job = await bull?.getJob(`d-${key.id}-0`);
      expect(job?.failedReason).toBe("JOB_MALFORMED: The job's data does not follow the schema of its queue");
      expect(process).not.toHaveBeenCalled();
    });
  });

  describe("a job of a newer version", () => {
    const bull = () => bench.producer.bullQueues().find(({ name }) => name === QUEUE);

    it("is processed when it says more than this version knows", async () => {
      const runs: unknown[] = [];
      await bench.work({ process: async ({ data }) => void runs.push(data) });
      const key = newKey();
      const data = { ...deliveryJobOf(key.id), priority: "high", trace: { id: 1 } };
      await bull()?.add(QUEUE, data, { jobId: `d-${key.id}-0` });
      await untilState(bench.producer, key, "completed");
      expect(runs).toEqual([deliveryJobOf(key.id)]);
    });

    it("that this one can't read is left to a worker that can, looked at seldom, and costs nothing", async () => {
      const process = vi.fn(async () => {});
      const older = await bench.work({ process });
      const key = newKey();
      const jobId = `d-${key.id}-0`;
      await bull()?.add(QUEUE, { delivery: key.id }, { jobId });
      await untilState(bench.producer, key, "delayed");
      const job = await bull()?.getJob(jobId);
      expect(job).toMatchObject({ attemptsMade: 0, delay: expect.any(Number) });
      expect(job?.delay).toBeGreaterThan(25_000);
      expect(older).toMatchObject({ outcomes: ["postponed"], failedForGood: [] });
      expect(process).not.toHaveBeenCalled();

      await job?.updateData(deliveryJobOf(key.id)); // what a version that can read it sees
      await job?.promote();
      await untilState(bench.producer, key, "completed");
    });
  });
}
