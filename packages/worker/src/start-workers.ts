import { createWorker, type QueueName, type WorkerHandle, type WorkerHandlers } from "@receiver/queues";
import type { AppContext, Metrics } from "@receiver/runtime";
import type { Pipeline } from "./open-pipeline.ts";
import type { Processor, Processors } from "./processor.ts";

/** Kept back of the time to stop, for the producer and the ledger, which close after the workers. */
const CLOSE_RESERVE_MS = 2_000;

/** `observe`: see OBSERVE of the environment. */
type Observing = { observe: boolean };

/**
 * Starts one worker per queue of the map; none in observe mode, where jobs stay in their queues and rows pending. They are closed together, so that each has the whole grace for its jobs, and
 * before the pipeline that their jobs use.
 * @throws ReceiverError DATABASE_UNAVAILABLE with the Postgres backend
 */
export async function startWorkers<Queues extends QueueName, Tools>(
  { config, logger, metrics, opened }: Pick<AppContext<Observing>, "config" | "logger" | "metrics" | "opened">,
  { backend, ledger }: Pick<Pipeline, "backend" | "ledger">,
  processors: Processors<Queues, Tools>,
  tools: Tools,
): Promise<void> {
  if (config.observe) return logger.warn({ event: "observing" });
  const handles: WorkerHandle[] = [];
  const closeAll = async (graceMs: number) => {
    const forJobs = Math.max(0, graceMs - CLOSE_RESERVE_MS);
    await Promise.all(handles.map((handle) => handle.close(forJobs)));
  };
  const options = { logger, metrics: { jobDone: jobTimer(metrics) } };
  const start = async <Q extends Queues>(queue: Q) => {
    const handlers = handlersOf<Q, Tools>(processors[queue], tools, () => ledger.check());
    handles.push(await createWorker(backend, queue, handlers, options));
    opened(queue, { close: closeAll });
  };
  gaugeHeld(metrics, handles);
  for (const queue of Object.keys(processors) as Queues[]) await start(queue);
}

function handlersOf<Q extends QueueName, Tools>(
  processor: Processor<Q, Tools>,
  tools: Tools,
  available: () => Promise<void>,
): WorkerHandlers<Q> {
  return {
    process: (job) => processor.process(job, tools),
    failedForGood: (job, error) => processor.failedForGood(job, error, tools),
    failedAttempt: async (job, error) => processor.failedAttempt?.(job, error, tools),
    available,
  };
}

function jobTimer(metrics: Metrics) {
  const observe = metrics.histogram({
    name: "receiver_job_seconds",
    help: "Runs of jobs, by how they ended",
    labels: ["queue", "outcome"],
  });
  return (queue: QueueName, outcome: string, seconds: number) => observe({ queue, outcome }, seconds);
}

function gaugeHeld(metrics: Metrics, handles: readonly WorkerHandle[]): void {
  metrics.gauge(
    {
      name: "receiver_worker_held",
      help: "1 while missing infrastructure keeps a worker from taking jobs",
      labels: ["queue"],
    },
    () => handles.map((handle) => ({ labels: { queue: handle.queue }, value: handle.isHeld() ? 1 : 0 })),
  );
}
