import type { Logger, ReceiverError } from "@receiver/runtime";
import type { BullJob } from "./bull-worker.ts";
import { parseJobData } from "./job-data.ts";
import { jobKeyOf } from "./job-id.ts";
import type { JobData, QueueName } from "./registry.ts";
import { queues } from "./registry.ts";

export type WorkerJob<Q extends QueueName> = {
  id: string;
  epoch: number;
  data: JobData<Q>;
  /** 1 for the first run. Runs that met an infrastructure error don't count. */
  attempt: number;
  /** How many runs may fail. */
  attempts: number;
  /** Its lines bear the job's ids. */
  logger: Logger;
};

export type WorkerHandlers<Q extends QueueName> = {
  /** Must be safe to run again: a job runs at least once. What it throws other than a ReceiverError counts as INTERNAL. */
  process(job: WorkerJob<Q>): Promise<void>;
  /** The job will not run again: write it on the row. Called at least once; an infrastructure error in here keeps the job. */
  failedForGood(job: WorkerJob<Q>, error: ReceiverError): Promise<void>;
  /** The run failed and another one follows after `nextRunInMs`. For the record: what it throws is logged and changes nothing. */
  failedAttempt?(job: WorkerJob<Q>, error: ReceiverError, nextRunInMs: number): Promise<void>;
  /** Rejects while infrastructure is away. Asked after an infrastructure error, until it resolves. */
  available(): Promise<void>;
};

/** Null when id or data are of a form that this version doesn't know; what the data have besides is ignored. */
export function readJob<Q extends QueueName>(queue: Q, job: BullJob, logger: Logger): WorkerJob<Q> | null {
  const key = jobKeyOf(queue, job.id ?? "");
  const data = parseJobData(queue, job.data);
  if (key === null || data === null) return null;
  const attempt = job.attemptsMade + 1;
  return {
    ...key,
    data,
    attempt,
    attempts: job.opts.attempts ?? queues[queue].attempts,
    logger: logger.child({ ...data, jobId: job.id, attempt }),
  };
}
