import type { Job, JobType, Queue } from "bullmq";
import { backoffCeilingMs } from "./backoff.ts";
import type { HeadOfLine } from "./queue-store.ts";
import type { QueueName } from "./registry.ts";
import { queues } from "./registry.ts";

export type JobState = "absent" | "waiting" | "active" | "delayed" | "completed" | "failed";

export type QueueCounts = {
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  completed: number;
  /** How long the job at the head of the line has been due; 0 when none waits. Seconds. */
  oldestWaitingSeconds: number;
};

export async function jobState(queue: Queue, jobId: string): Promise<JobState> {
  const state = await queue.getJobState(jobId);
  if (state === "unknown") return "absent";
  return state === "prioritized" || state === "waiting-children" ? "waiting" : state;
}

// Postgres counts a paused queue's waiting jobs under a name of their own, which Redis and the types no longer know.
const states = ["waiting", "paused", "active", "delayed", "failed", "completed"] as JobType[];

export async function countJobs(queue: Queue, name: QueueName, headOfLine: HeadOfLine): Promise<QueueCounts> {
  const counts = await queue.getJobCounts(...states);
  const { active = 0, delayed = 0, failed = 0, completed = 0 } = counts;
  const waiting = (counts.waiting ?? 0) + (counts.paused ?? 0);
  const head = waiting > 0 ? await headOfLine(queue, waiting) : undefined;
  const oldestWaitingSeconds = head ? Math.max(0, Date.now() - dueAt(head, name)) / 1_000 : 0;
  return { waiting, active, delayed, failed, completed, oldestWaitingSeconds };
}

/**
 * Epoch ms. A job's own timestamp is when it was added, which for a reminder is a day before it is due. Of one that has run before only
 * the latest due time is known: that errs towards a shorter wait, so it raises no false alarm.
 */
export function dueAt(job: Pick<Job, "timestamp" | "processedOn" | "attemptsMade" | "opts">, name: QueueName): number {
  if (job.processedOn === undefined) return job.timestamp + (job.opts.delay ?? 0);
  return job.processedOn + backoffCeilingMs(job.attemptsMade, queues[name].backoff);
}
