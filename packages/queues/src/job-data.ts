import type { JobData, QueueName } from "./registry.ts";
import { queueNames, queues } from "./registry.ts";

/** The data without what the schema doesn't name; null when it breaks the schema. */
export function parseJobData<Q extends QueueName>(queue: Q, data: unknown): JobData<Q> | null {
  const parsed = queues[queue].job.safeParse(data);
  return parsed.success ? (parsed.data as JobData<Q>) : null; // the compiler doesn't follow Q into the table
}

export function isQueueName(name: string): name is QueueName {
  return queueNames.some((known) => known === name);
}
