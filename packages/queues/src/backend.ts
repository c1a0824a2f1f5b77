import type { Logger } from "@receiver/runtime";
import type { BullProcessor, BullWorker } from "./bull-worker.ts";
import type { QueueStore } from "./queue-store.ts";
import type { QueueName } from "./registry.ts";

/** Which store the queues live in. Nothing connects before a producer or a worker is made of it. */
export type Backend = {
  kind: "redis" | "postgres";
  /** One line for the start of a process: what was chosen and why. Bears no secret. */
  description: string;
  /** The code of what a producer rejects with while the store is away. */
  unavailable: "REDIS_UNAVAILABLE" | "DATABASE_UNAVAILABLE";
  openQueues(logger: Logger): QueueStore;
  /** A worker that takes no job before it is run. */
  openWorker(queue: QueueName, process: BullProcessor, concurrency: number, logger: Logger): Promise<BullWorker>;
};
