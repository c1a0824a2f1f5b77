import { randomUUID } from "node:crypto";
import type { ReceiverError } from "@receiver/runtime";
import { vi } from "vitest";
import type {
  Backend,
  JobData,
  JobKey,
  JobOutcome,
  Producer,
  QueueName,
  WorkerHandle,
  WorkerHandlers,
} from "../src/index.ts";
import { createProducer, createWorker } from "../src/index.ts";
import { silentLogger } from "./silent-logger.ts";

export const QUEUE = "ANALYSIS_RESULT";
export type Queue = typeof QUEUE;

export type Recorded = {
  outcomes: JobOutcome[];
  failedForGood: { id: string; code: ReceiverError["code"]; attempt: number }[];
};

export type Bench = {
  producer: Producer;
  publish(options?: { delayMs?: number; key?: JobKey }): Promise<JobKey>;
  /** Tries until it is taken, always with one key: a try that was answered too late may have published, and must be no second job. */
  publishOnceBack(patience: { timeout: number; interval?: number }): Promise<JobKey>;
  work(handlers: Partial<WorkerHandlers<Queue>>, concurrency?: number): Promise<WorkerHandle & Recorded>;
  /** Closes what was opened and leaves no job behind. */
  clear(): Promise<void>;
  close(): Promise<void>;
};

export function deliveryJobOf(id: string): JobData<Queue> {
  return {
    deliveryId: id,
    messageType: "ANALYSIS_RESULT",
    companyId: "123",
    receivedAt: new Date(1_767_600_000_000).toISOString(),
  };
}

export const newKey = (): JobKey => ({ id: randomUUID(), epoch: 0 });

/** A producer, workers that ask soon whether an outage is over, and the records of what they did. */
export function openBench(backend: Backend): Bench {
  const producer = createProducer(backend, silentLogger);
  const workers: WorkerHandle[] = [];
  const closeWorkers = () => Promise.all(workers.splice(0).map((worker) => worker.close(0)));
  const publish: Bench["publish"] = async ({ delayMs, key = newKey() } = {}) => {
    await producer.publish(QUEUE, key, deliveryJobOf(key.id), delayMs === undefined ? {} : { delayMs });
    return key;
  };

  return {
    producer,
    publish,
    publishOnceBack(patience) {
      const key = newKey();
      return vi.waitFor(() => publish({ key }), patience);
    },
    async work(handlers, concurrency = 4) {
      const recorded: Recorded = { outcomes: [], failedForGood: [] };
      const worker = await createWorker(
        backend,
        QUEUE,
        {
          process: async () => {},
          failedForGood: async ({ id, attempt }, { code }) => {
            recorded.failedForGood.push({ id, code, attempt });
          },
          available: async () => {},
          ...handlers,
        },
        {
          logger: silentLogger,
          concurrency,
          probe: { firstMs: 30, capMs: 120 },
          metrics: { jobDone: (_queue: QueueName, outcome) => recorded.outcomes.push(outcome) },
        },
      );
      workers.push(worker);
      return { ...worker, ...recorded };
    },
    async clear() {
      await closeWorkers();
      for (const queue of producer.bullQueues()) await queue.obliterate({ force: true });
    },
    async close() {
      await closeWorkers();
      await producer.close();
    },
  };
}

export async function untilState(producer: Producer, key: JobKey, state: string, timeout = 10_000): Promise<void> {
  await vi.waitFor(
    async () => {
      const now = await producer.stateOf(QUEUE, key);
      if (now !== state) throw new Error(`the job is ${now}`);
    },
    { timeout, interval: 20 },
  );
}
