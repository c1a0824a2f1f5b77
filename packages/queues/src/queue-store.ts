import type { DefaultJobOptions, Job, Queue } from "bullmq";
import type { QueueName } from "./registry.ts";
import { queues } from "./registry.ts";

/** Of so many waiting jobs the one whose turn is next. */
export type HeadOfLine = (queue: Queue, waiting: number) => Promise<Job | undefined>;

/** What a producer stands on, whichever the backend. */
export type QueueStore = {
  /** Does `work` on the queue if the store can be talked to now; rejects otherwise, and never waits for it to come back. */
  use<T>(name: QueueName, work: (queue: Queue) => Promise<T>): Promise<T>;
  headOfLine: HeadOfLine;
  queues(): Queue[];
  /** Rejects with a ReceiverError or with what the driver threw. */
  check(): Promise<void>;
  close(): Promise<void>;
};

/** The strategy itself is the worker's; a job only says that it wants one. */
export function jobDefaults(name: QueueName): DefaultJobOptions {
  return { attempts: queues[name].attempts, backoff: { type: "full-jitter" } };
}
