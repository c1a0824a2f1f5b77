import { writeAudit } from "../audit.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import { eraseIfDue, filesDue } from "./evidence-tier.ts";
import { type Eraser, type OperationalKindName, operationalKindNames, operationalKinds } from "./operational-tier.ts";
import { type Cutoffs, cutoffsAt, type RetentionPolicy } from "./policy.ts";

export type RetainedKind = OperationalKindName | "files";
type ErasedCounts = Record<RetainedKind, number>;

export type RetentionOrder = {
  policy: RetentionPolicy;
  by: { actor: string; reason: string };
  now: Date;
  /** Rows that one transaction erases at most. */
  batchSize?: number;
  /** After so many transactions the run ends; the next one goes on. Absent: when nothing is due. */
  maxBatches?: number;
  stopping?: AbortSignal;
  /** Hears of each batch. */
  told?: (kind: RetainedKind, count: number) => void;
};

/** `finished`: nothing is due any more. */
export type RetentionRun = { erased: ErasedCounts; finished: boolean };

/** Well below a second's work for Postgres: nobody waits longer for a row. */
const BATCH_SIZE = 500;

/**
 * Erases what has been kept long enough, a batch at a time, each with its audit where content goes. May be interrupted at any
 * point, and run by several processes at once: each batch looks anew at what is due. A run that erased anything leaves its
 * counts in the audit.
 */
export async function runRetention(db: LedgerDatabase, order: RetentionOrder): Promise<RetentionRun> {
  const erased: ErasedCounts = { deliveryBodies: 0, notifications: 0, sightings: 0, files: 0 };
  let batches = 0;
  try {
    for await (const { kind, count } of batchesOf(db, order)) {
      erased[kind] += count;
      if (count > 0) order.told?.(kind, count);
      batches += 1;
      if (order.stopping?.aborted || batches === order.maxBatches) return { erased, finished: false };
    }
    return { erased, finished: true };
  } finally {
    await auditRun(db, erased, order.by);
  }
}

type Batch = { kind: RetainedKind; count: number };

async function* batchesOf(db: LedgerDatabase, order: RetentionOrder): AsyncGenerator<Batch> {
  const cutoffs = cutoffsAt(order.now, order.policy);
  const eraser = { actor: order.by.actor, now: order.now };
  const limit = order.batchSize ?? BATCH_SIZE;
  for (const kind of operationalKindNames) {
    for (let more = true; more; ) {
      const batch = await operationalKinds[kind].eraseBatch(db, cutoffs.operational, limit, eraser);
      yield { kind, count: batch.erased };
      more = batch.more;
    }
  }
  yield* fileBatches(db, cutoffs, limit, eraser);
}

/** Each file is a transaction of its own: a page holds up no more than one of them. */
async function* fileBatches(
  db: LedgerDatabase,
  { evidence }: Cutoffs,
  limit: number,
  eraser: Eraser,
): AsyncGenerator<Batch> {
  for (let after: string | null = null; ; ) {
    const ids: string[] = await filesDue(db, evidence, after, limit);
    for (const id of ids) yield { kind: "files", count: (await eraseIfDue(db, id, evidence, eraser)) ? 1 : 0 };
    after = ids.at(-1) ?? null;
    if (ids.length < limit) return;
  }
}

async function auditRun(
  db: LedgerDatabase,
  erased: ErasedCounts,
  { actor, reason }: RetentionOrder["by"],
): Promise<void> {
  const counts = Object.entries(erased).filter(([, count]) => count > 0);
  if (counts.length === 0) return;
  const target = counts.map(([kind, count]) => `${kind}=${count}`).join(" ");
  await inTransaction(db, (trx) => writeAudit(trx, { actor, action: "retention.run", target, reason }));
}
