import type { Logger } from "@receiver/runtime";
import type { Backend } from "./backend.ts";
import type { BullWorker } from "./bull-worker.ts";
import { closeWorker } from "./close-worker.ts";
import type { ProbeDelay } from "./outage.ts";
import { probeDelay, watchOutage } from "./outage.ts";
import { FailedForGood, RunFailed } from "./queue-errors.ts";
import type { QueueName } from "./registry.ts";
import { queues } from "./registry.ts";
import type { JobOutcome } from "./run-job.ts";
import { jobRunner } from "./run-job.ts";
import { trackRuns } from "./track-runs.ts";
import type { WorkerHandlers } from "./worker-job.ts";

export type QueueMetrics = { jobDone(queue: QueueName, outcome: JobOutcome, seconds: number): void };

export type WorkerOptions = {
  logger: Logger;
  metrics?: QueueMetrics;
  /** Jobs at once in this process; the registry's number by default. */
  concurrency?: number;
  /** How often `available()` is asked during an outage. */
  probe?: ProbeDelay;
};

export type WorkerHandle = {
  queue: QueueName;
  /** True while an infrastructure error holds the worker. */
  isHeld(): boolean;
  /**
   * Takes no new job, lets active ones finish for at most `graceMs`, then lets go of them: another worker takes them over. Returns within
   * about `graceMs` + 1 s, also when the backend is gone, and never rejects.
   */
  close(graceMs: number): Promise<void>;
};

/**
 * Starts to take jobs at once. A Redis that is away is waited for in the background; the Postgres backend must answer, or this rejects with
 * DATABASE_UNAVAILABLE.
 */
export async function createWorker<Q extends QueueName>(
  backend: Backend,
  queue: Q,
  handlers: WorkerHandlers<Q>,
  options: WorkerOptions,
): Promise<WorkerHandle> {
  const { metrics, concurrency = queues[queue].concurrency, probe = probeDelay } = options;
  const logger = options.logger.child({ queue });
  let closing: Promise<void> | null = null;
  const resume = () => {
    if (closing === null) void worker.resume();
  };
  const outage = watchOutage({
    available: () => handlers.available(),
    hold: () => void worker.pause(true),
    release: () => void setImmediate(resume), // a turn of its own: BullMQ misses a resume amid the end of its loop
    delay: probe,
    logger,
  });
  const done = (outcome: JobOutcome, seconds: number) => metrics?.jobDone(queue, outcome, seconds);
  const runs = trackRuns(jobRunner({ queue, handlers, outage, logger, done }));
  const worker = await backend.openWorker(queue, runs.run, concurrency, logger);
  reportOwnActs(worker, logger);
  worker.run().catch((cause: unknown) => logger.error({ event: "worker-broken", err: cause }));

  return {
    queue,
    isHeld: () => outage.isHeld(),
    close(graceMs) {
      outage.stop();
      closing ??= closeWorker(worker, runs.allDone, graceMs);
      return closing;
    },
  };
}

/**
 * What BullMQ does without our being asked. `stalled`: who ran a job lost its lock (it was killed or frozen, or Redis was away), and the
 * job runs again. `failed`: one of BullMQ's own limits ended it, and nobody wrote it on the row: the sweeper makes a new job of it.
 */
function reportOwnActs(worker: BullWorker, logger: Logger): void {
  worker.on("stalled", (jobId) => logger.warn({ event: "job-stalled", jobId }));
  worker.on("failed", (job, error) => {
    if (error instanceof FailedForGood || error instanceof RunFailed) return;
    logger.error({ event: "job-failed-by-queue", jobId: job?.id });
  });
}
