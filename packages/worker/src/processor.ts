import type { QueueName, queues, WorkerHandlers, WorkerJob } from "@receiver/queues";
import type { ReceiverError } from "@receiver/runtime";

/**
 * What is done with the jobs of one queue; the contract of each step is that of {@link WorkerHandlers}. `tools` is what
 * a processor works with: the ledger, say.
 */
export type Processor<Q extends QueueName, Tools> = {
  process(job: WorkerJob<Q>, tools: Tools): Promise<void>;
  failedForGood(job: WorkerJob<Q>, error: ReceiverError, tools: Tools): Promise<void>;
  failedAttempt?(job: WorkerJob<Q>, error: ReceiverError, tools: Tools): Promise<void>;
};

export type Processors<Queues extends QueueName, Tools> = { [Q in Queues]: Processor<Q, Tools> };

/** The queues that the registry gives to an app: its map of processors is complete when it has all of them. */
export type QueuesOf<App extends WorkerApp> = {
  [Q in QueueName]: (typeof queues)[Q]["consumer"] extends App ? Q : never;
}[QueueName];

type WorkerApp = (typeof queues)[QueueName]["consumer"];
