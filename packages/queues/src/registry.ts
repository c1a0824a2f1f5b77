import type { DeliveryType } from "@receiver/contracts";
import { deliveryTypes } from "@receiver/contracts";
import { z } from "zod";

// Jobs outlive the process that made them, and processes of two versions run side by side while one replaces the other. So a
// job's form only ever grows: a new field is optional for one release, and required, if at all, in the next. Readers ignore
// what they don't know. A queue keeps its name, its prefix and the meaning of each field for ever; another meaning is another
// field. What a worker can't read it leaves to a newer one. Each release's jobs are frozen under fixtures/ and read by a test.
const id = z.string().min(1).max(200);

/** Carries what lets an operator recognise the delivery without being personal. `receivedAt` is an ISO 8601 instant. */
export const deliveryJob = z.object({
  deliveryId: id,
  messageType: z.enum(deliveryTypes),
  companyId: id,
  receivedAt: z.iso.datetime(),
});

export const followUpJob = z.object({ followUpId: id, clientFileId: id });

export const notificationJob = z.object({ notificationId: id, type: id, subscriberId: id });

export type QueueName = DeliveryType | "RETRY_FOLLOW_UP" | "NOTIFICATION";

export type QueueSpec = {
  /** What a job carries. It is parsed when a job is published and again when it leaves the queue. */
  job: typeof deliveryJob | typeof followUpJob | typeof notificationJob;
  /** First letters of a job's id: `d-<deliveryId>-<epoch>`. */
  idPrefix: "d" | "f" | "n";
  /** The app that reads the queue. */
  consumer: "status-worker" | "retry-worker" | "notification-worker";
  /** How many runs may fail before the job has failed for good. Infrastructure errors don't count. */
  attempts: number;
  /** Full jitter: the delay after failure n is random between 0 and min(capMs, baseMs · 2^(n−1)). Milliseconds. */
  backoff: { baseMs: number; capMs: number };
  /** Jobs that one process runs at once, unless its worker says otherwise. */
  concurrency: number;
  /** How long finished jobs stay to be looked at (seconds), and how many at most. The ledger is the record, not the queue. */
  keep: { completed: { ageSeconds: number; count: number }; failed: { ageSeconds: number; count: number } };
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const MINUTE_S = 60;
const DAY_S = 24 * 60 * MINUTE_S;

// Completed: long enough for an operator who watches, short enough that a day's traffic doesn't fill Redis (about 0.9 KB a job).
// Failed: the row in the ledger says why; the job is kept for a working week's look.
const keep = {
  completed: { ageSeconds: 10 * MINUTE_S, count: 1_000 },
  failed: { ageSeconds: 7 * DAY_S, count: 5_000 },
};

// Processing is our own code on our own database: 8 runs within about two minutes outlast a deadlock or a deployment;
// what still fails then is a defect, and waits for an operator. The cap is for who raises the number of attempts.
const ours = { attempts: 8, backoff: { baseMs: SECOND_MS, capMs: 5 * MINUTE_MS }, keep };

const delivery = { ...ours, job: deliveryJob, idPrefix: "d", concurrency: 8 } as const;

/** The table of queues: what each carries, who reads it, how hard it tries. Names and types derive from it. */
export const queues = {
  DOCUMENT_TO_ANALYSE_RECEIVED: { ...delivery, consumer: "status-worker" },
  ANALYSIS_RESULT: { ...delivery, consumer: "status-worker" },
  CLIENT_FILE_STATUS_CHANGED: { ...delivery, consumer: "status-worker" },
  FLAT_CLIENT_FILE: { ...delivery, consumer: "status-worker" },
  RETRY_DOCUMENT_VERIFICATION: { ...delivery, consumer: "retry-worker" },
  RETRY_FOLLOW_UP: { ...ours, job: followUpJob, idPrefix: "f", consumer: "retry-worker", concurrency: 4 },
  // Somebody else's endpoint: 24 runs up to 6 hours apart last 28 hours on average and 57 at most, a subscriber's bad night and the
  // morning after. A run mostly waits for the network, hence the higher concurrency.
  NOTIFICATION: {
    job: notificationJob,
    idPrefix: "n",
    consumer: "notification-worker",
    attempts: 24,
    backoff: { baseMs: SECOND_MS, capMs: 6 * HOUR_MS },
    concurrency: 16,
    keep,
  },
} as const satisfies Record<QueueName, QueueSpec>;

export type JobData<Q extends QueueName> = z.output<(typeof queues)[Q]["job"]>;

export const queueNames = Object.keys(queues) as QueueName[];
