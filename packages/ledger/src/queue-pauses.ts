import { writeAudit } from "./audit.ts";
import { inTransaction, type LedgerDatabase } from "./transaction.ts";

/** Redis may be emptied at any moment: that a queue is paused is a row, which the sweeper asserts again. */
export async function listPauses(db: LedgerDatabase): Promise<string[]> {
  const rows = await db.selectFrom("queue_pauses").select("queue").orderBy("queue").execute();
  return rows.map((row) => row.queue);
}

export async function recordPause(
  db: LedgerDatabase,
  queue: string,
  actor: string,
  reason: string | null = null,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .insertInto("queue_pauses")
      .values({ queue, paused_by: actor })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await writeAudit(trx, { actor, action: "queue.pause", target: queue, reason });
  });
}

export async function recordResume(
  db: LedgerDatabase,
  queue: string,
  actor: string,
  reason: string | null = null,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx.deleteFrom("queue_pauses").where("queue", "=", queue).execute();
    await writeAudit(trx, { actor, action: "queue.resume", target: queue, reason });
  });
}
