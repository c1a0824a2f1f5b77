import type { Logger } from "@receiver/runtime";
import { ReceiverError } from "@receiver/runtime";
import type { Queue } from "bullmq";
import type { Backend } from "./backend.ts";
import { withDeadline } from "./deadline.ts";
import { isQueueName, parseJobData } from "./job-data.ts";
import type { JobKey } from "./job-id.ts";
import { jobIdOf } from "./job-id.ts";
import type { JobState, QueueCounts } from "./queue-state.ts";
import { countJobs, jobState } from "./queue-state.ts";
import type { JobData, QueueName } from "./registry.ts";

/** What the ledger hands out after a commit: publish this. `dueAt` null or past means now. */
export type WakeUp = { queue: string; id: string; epoch: number; data: object; dueAt: Date | null };

/** Every method rejects with a ReceiverError, within about 2 s, when the backend is away, and works again by itself when it is back. */
export type Producer = {
  /** Adding the same key again is a no-op for as long as the backend keeps the job, whatever its state. `delayMs` from now. */
  publish<Q extends QueueName>(queue: Q, key: JobKey, data: JobData<Q>, options?: { delayMs?: number }): Promise<void>;
  /** {@link Producer.publish} for what comes from the ledger: the queue's name and the data are parsed. */
  wake(wakeUp: WakeUp): Promise<void>;
  stateOf(queue: QueueName, key: JobKey): Promise<JobState>;
  counts(queue: QueueName): Promise<QueueCounts>;
  /** Holds the queue for every worker of every process. The row in the ledger is the record: emptying the backend forgets it. */
  pause(queue: QueueName): Promise<void>;
  resume(queue: QueueName): Promise<void>;
  isPaused(queue: QueueName): Promise<boolean>;
  /** Readiness: the backend is reachable, and doesn't evict what it holds. */
  check(): Promise<void>;
  /** For bull-board, read-only. With the Postgres backend: once {@link Producer.check} has resolved. */
  bullQueues(): Queue[];
  close(): Promise<void>;
};

/** A little above the driver's own limit for one command: a script that Redis has forgotten takes two. */
const ANSWER_MS = 2_000;

/** Connects in the background and never fails because the backend is away. */
export function createProducer(backend: Backend, logger: Logger): Producer {
  const store = backend.openQueues(logger);

  async function ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(work(), ANSWER_MS);
    } catch (cause) {
      throw cause instanceof ReceiverError ? cause : new ReceiverError(backend.unavailable, { cause });
    }
  }
  const askQueue = <T>(name: QueueName, work: (queue: Queue) => Promise<T>) => ask(() => store.use(name, work));

  async function publish<Q extends QueueName>(queue: Q, key: JobKey, data: unknown, delayMs = 0): Promise<void> {
    const job = parseJobData(queue, data);
    if (job === null) throw new ReceiverError("JOB_MALFORMED");
    const options = { jobId: jobIdOf(queue, key), ...(delayMs > 0 && { delay: Math.ceil(delayMs) }) };
    await askQueue(queue, (bull) => bull.add(queue, job, options));
  }

  return {
    publish: (queue, key, data, options) => publish(queue, key, data, options?.delayMs),
    wake: async ({ queue, id, epoch, data, dueAt }) => {
      if (!isQueueName(queue)) throw new ReceiverError("JOB_MALFORMED");
      await publish(queue, { id, epoch }, data, dueAt === null ? 0 : dueAt.getTime() - Date.now());
    },
    stateOf: (queue, key) => askQueue(queue, (bull) => jobState(bull, jobIdOf(queue, key))),
    counts: (queue) => askQueue(queue, (bull) => countJobs(bull, queue, store.headOfLine)),
    pause: (queue) => askQueue(queue, (bull) => bull.pause()),
    resume: (queue) => askQueue(queue, (bull) => bull.resume()),
    isPaused: (queue) => askQueue(queue, (bull) => bull.isPaused()),
    check: () => ask(() => store.check()),
    bullQueues: () => store.queues(),
    close: () => store.close(),
  };
}
