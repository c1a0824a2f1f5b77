import type { Job, Worker } from "bullmq";
import { backoffDelayMs } from "./backoff.ts";
import { RunFailed } from "./queue-errors.ts";
import type { QueueName } from "./registry.ts";
import { queues } from "./registry.ts";

export type BullJob = Job<unknown, void>;
export type BullWorker = Worker<unknown, void>;
export type BullProcessor = (job: BullJob, token: string | undefined) => Promise<void>;

// A worker that was killed holds its jobs until their locks expire and two checks have seen it: about 10 to 15 s.
// Locks are renewed at half their life, so only an event loop that stands still for 5 s or a Redis that is away loses one.
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;

// BullMQ's own limits go by what befalls a worker, not by what the job does, and end a job without our being asked. They are
// nets for a defect, far above MAX_STALLS in run-job.ts and above any number of outages.
const MAX_STALLED_COUNT = 1_000;
const MAX_STARTED_ATTEMPTS = 100_000;

/** Pause before the next try to fetch a job after a broken connection. BullMQ's 15 s would add that to every outage. */
const FETCH_RETRY_MS = 1_000;

/** What both backends' workers have in common. */
export function workerOptions(queue: QueueName, concurrency: number) {
  const { backoff, keep } = queues[queue];
  const { completed, failed } = keep;
  const backoffStrategy = (failures: number, _type?: string, error?: Error) =>
    error instanceof RunFailed ? error.delayMs : backoffDelayMs(failures, backoff);
  return {
    autorun: false,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: MAX_STALLED_COUNT,
    maxStartedAttempts: MAX_STARTED_ATTEMPTS,
    runRetryDelay: FETCH_RETRY_MS,
    removeOnComplete: { age: completed.ageSeconds, count: completed.count },
    removeOnFail: { age: failed.ageSeconds, count: failed.count },
    settings: { backoffStrategy },
  };
}
