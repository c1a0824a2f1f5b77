import type { QueueName } from "./registry.ts";
import { queues } from "./registry.ts";

/** Names one job: the id of the row it stands for and the row's epoch, which is raised to send the row again. */
export type JobKey = { id: string; epoch: number };

/** BullMQ refuses `:` in ids and ids of digits only; the prefix and the epoch see to the latter. */
const usableId = /^[^:\s]{1,200}$/;

/** `d-<id>-<epoch>`, `f-…` or `n-…`: deterministic, so adding the same row and epoch twice is one job. Throws TypeError on an id or epoch that no row has. */
export function jobIdOf(queue: QueueName, { id, epoch }: JobKey): string {
  if (!usableId.test(id))
    throw new TypeError("a job's id has 1 to 200 characters, none of them a colon or white space");
  if (!Number.isSafeInteger(epoch) || epoch < 0) throw new TypeError("a job's epoch is a non-negative integer");
  return `${queues[queue].idPrefix}-${id}-${epoch}`;
}

/** The inverse of {@link jobIdOf}; null for an id of another form. */
export function jobKeyOf(queue: QueueName, jobId: string): JobKey | null {
  const prefix = `${queues[queue].idPrefix}-`;
  const at = jobId.lastIndexOf("-");
  if (!jobId.startsWith(prefix) || at <= prefix.length) return null;
  const epoch = jobId.slice(at + 1);
  return /^\d{1,15}$/.test(epoch) ? { id: jobId.slice(prefix.length, at), epoch: Number(epoch) } : null;
}
