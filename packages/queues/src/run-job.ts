import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@receiver/runtime";
import { ReceiverError, toReceiverError } from "@receiver/runtime";
import type { BullJob } from "./bull-worker.ts";
import type { OutageWatch } from "./outage.ts";
import { FailedForGood, Postponed, RunFailed } from "./queue-errors.ts";
import type { QueueName } from "./registry.ts";
import { queues } from "./registry.ts";
import { verdictOn } from "./verdict.ts";
import type { WorkerHandlers, WorkerJob } from "./worker-job.ts";
import { readJob } from "./worker-job.ts";

export type JobOutcome = "completed" | "retried" | "failed" | "postponed";

/** A job that so many workers died of, or lost sight of, is taken to be the cause. Deployments and outages of Redis stay far below. */
const MAX_STALLS = 25;

/**
 * A job that can't be read is most likely a newer version's, and a worker of that version is about to take over: so long it is
 * left in the queue, looked at every half minute. Then it fails, and the sweeper makes a new one of its row. Milliseconds.
 */
const UNREADABLE_PATIENCE_MS = 10 * 60_000; // longer than a rolling restart
const UNREADABLE_DELAY_MS = 30_000;

/** Tries to write a failure on the row before the sweeper is left to find it. */
const RECORD_TRIES = 3;
const RECORD_PAUSE_MS = 100;

type Context<Q extends QueueName> = {
  queue: Q;
  handlers: WorkerHandlers<Q>;
  outage: OutageWatch;
  logger: Logger;
  done(outcome: JobOutcome, seconds: number): void;
};

/** What every job goes through, whatever its queue. Resolves when the job is done; otherwise throws what BullMQ has to know, and no more. */
export function jobRunner<Q extends QueueName>(context: Context<Q>) {
  return async (bull: BullJob, token: string | undefined): Promise<void> => {
    const startedAt = performance.now();
    const finish = (outcome: JobOutcome) => context.done(outcome, (performance.now() - startedAt) / 1_000);
    const failure = await run(context, bull);
    if (failure === null) return finish("completed");
    if (failure instanceof RunFailed) finish("retried");
    else if (failure instanceof Postponed) {
      finish("postponed");
      await giveBack(bull, token, failure, context.logger);
    } else finish("failed");
    throw failure;
  };
}

async function run<Q extends QueueName>(context: Context<Q>, bull: BullJob): Promise<Error | null> {
  const { queue, handlers, outage, logger } = context;
  if (outage.isHeld()) return new Postponed(outage.delayMs()); // fetched while the hold was taking effect
  const job = readJob(queue, bull, logger);
  if (job === null) return unreadable(bull, logger);
  if (bull.stalledCounter > MAX_STALLS) return failForGood(context, job, new ReceiverError("INTERNAL"));
  try {
    await handlers.process(job);
    outage.over();
    return null;
  } catch (thrown) {
    return judge(context, job, toReceiverError(thrown));
  }
}

function unreadable(bull: BullJob, logger: Logger): Error {
  const dueAt = bull.timestamp + (bull.opts.delay ?? 0);
  const patient = Date.now() - dueAt < UNREADABLE_PATIENCE_MS;
  logger[patient ? "warn" : "error"]({
    event: patient ? "job-left-to-newer-version" : "job-malformed",
    jobId: bull.id,
  });
  return patient ? new Postponed(UNREADABLE_DELAY_MS) : new FailedForGood(new ReceiverError("JOB_MALFORMED"));
}

async function judge<Q extends QueueName>(
  context: Context<Q>,
  job: WorkerJob<Q>,
  error: ReceiverError,
): Promise<Error> {
  const { attempt, attempts } = job;
  const verdict = verdictOn(error, { attempt, attempts, backoff: queues[context.queue].backoff });
  if (verdict.kind === "postpone") return postponed(context, error);
  context.outage.over();
  if (verdict.kind === "set-aside") return setAside(job, error, verdict.inMs);
  if (verdict.kind === "fail") return failForGood(context, job, error);
  job.logger.warn({ event: "job-attempt-failed", err: error, attempts, delayMs: verdict.inMs });
  await recordAttempt(context, job, error, verdict.inMs);
  return new RunFailed(error, verdict.inMs);
}

function postponed<Q extends QueueName>({ outage }: Context<Q>, error: ReceiverError): Error {
  outage.met(error);
  return new Postponed(outage.delayMs());
}

/** What this job needs is missing, and others may need something else: the worker goes on. */
function setAside<Q extends QueueName>(job: WorkerJob<Q>, error: ReceiverError, delayMs: number): Error {
  job.logger.warn({ event: "job-set-aside", err: error, delayMs });
  return new Postponed(delayMs);
}

async function recordAttempt<Q extends QueueName>(
  { handlers, outage }: Context<Q>,
  job: WorkerJob<Q>,
  error: ReceiverError,
  nextRunInMs: number,
): Promise<void> {
  try {
    await handlers.failedAttempt?.(job, error, nextRunInMs);
  } catch (thrown) {
    const cause = toReceiverError(thrown);
    job.logger.error({ event: "job-attempt-not-recorded", err: cause });
    if (cause.infrastructure) outage.met(cause);
  }
}

async function failForGood<Q extends QueueName>(
  context: Context<Q>,
  job: WorkerJob<Q>,
  error: ReceiverError,
): Promise<Error> {
  for (let attempt = 1; attempt <= RECORD_TRIES; attempt += 1) {
    try {
      await context.handlers.failedForGood(job, error);
      job.logger.error({ event: "job-failed", err: error, attempts: job.attempts });
      return new FailedForGood(error);
    } catch (thrown) {
      const cause = toReceiverError(thrown);
      if (cause.infrastructure) return postponed(context, cause);
      job.logger.error({ event: "job-failure-not-recorded", err: cause });
      await sleep(RECORD_PAUSE_MS);
    }
  }
  return new FailedForGood(error); // its row still counts as pending: the sweeper raises its epoch
}

/** Back to the queue at no cost. Where even that fails the lock runs out, and the stalled check brings the job back. */
async function giveBack(
  bull: BullJob,
  token: string | undefined,
  { delayMs }: Postponed,
  logger: Logger,
): Promise<void> {
  try {
    await bull.moveToDelayed(Date.now() + delayMs, token);
  } catch (thrown) {
    logger.warn({ event: "job-left-to-stall", jobId: bull.id, err: thrown });
  }
}
