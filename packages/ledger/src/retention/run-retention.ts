import { writeAudit } from "../audit.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import { eraseIfDue, filesDue } from "./evidence-tier.ts";
import { type Eraser, type OperationalKindName, operationalKindNames, operationalKinds } from "./operational-tier.ts";
import { type Cutoffs, cutoffsAt, type RetentionPolicy } from "./policy.ts";

type RetainedKind = OperationalKindName | "files";
type ErasedCounts = Record<RetainedKind, number>;

export type RetentionOrder = {
  policy: RetentionPolicy;
  by: { actor: string; reason: string };
  now: Date;
  /** Rows, or files, of a batch at most. A batch of rows is one transaction, each file is one. */
  batchSize?: number;
  /** After so many batches the run ends; the next one goes on. Absent: when nothing is due. */
  maxBatches?: number;
  stopping?: AbortSignal;
  /** Hears of each transaction. */
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
  let finished: boolean;
  try {
    finished = await eraseAll(db, order, erased);
  } catch (thrown) {
    // Why it ended is what is told, also where the audit fails for the same reason.
    await auditRun(db, erased, order.by).catch(() => undefined);
    throw thrown;
  }
  await auditRun(db, erased, order.by);
  return { erased, finished };
}

/** Counts into `erased`. @returns whether nothing is due any more */
async function eraseAll(db: LedgerDatabase, order: RetentionOrder, erased: ErasedCounts): Promise<boolean> {
  let batches = 0;
  for await (const { kind, count, endsBatch } of stepsOf(db, order)) {
    erased[kind] += count;
    if (count > 0) order.told?.(kind, count);
    if (endsBatch) batches += 1;
    if (order.stopping?.aborted || batches === order.maxBatches) return false;
  }
  return true;
}

/** One transaction. */
type Step = { kind: RetainedKind; count: number; endsBatch: boolean };

async function* stepsOf(db: LedgerDatabase, order: RetentionOrder): AsyncGenerator<Step> {
  const cutoffs = cutoffsAt(order.now, order.policy);
  const eraser = { actor: order.by.actor, now: order.now };
  const limit = order.batchSize ?? BATCH_SIZE;
  for (const kind of operationalKindNames) {
    for (let more = true; more; ) {
      const batch = await operationalKinds[kind].eraseBatch(db, cutoffs.operational, limit, eraser);
      yield { kind, count: batch.erased, endsBatch: true };
      more = batch.more;
    }
  }
  yield* fileSteps(db, cutoffs, limit, eraser);
}

/** Each file is a transaction of its own: a page holds up no more than one of them. */
async function* fileSteps(
  db: LedgerDatabase,
  { evidence }: Cutoffs,
  limit: number,
  eraser: Eraser,
): AsyncGenerator<Step> {
  for (let after: string | null = null; ; ) {
    const ids: string[] = await filesDue(db, evidence, after, limit);
    after = ids.at(-1) ?? null;
    for (const id of ids) {
      const count = (await eraseIfDue(db, id, evidence, eraser)) ? 1 : 0;
      yield { kind: "files", count, endsBatch: id === after };
    }
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
