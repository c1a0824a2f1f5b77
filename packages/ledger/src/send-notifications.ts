import { sql } from "kysely";
import { isForItsSubscriber } from "./narrowed-subscriber.ts";
import { inTransaction, type LedgerDatabase } from "./transaction.ts";

export type OutgoingNotification = {
  id: string;
  type: string;
  /** The exact text to sign and send. */
  body: string;
  attempts: number;
  subscriber: { id: string; url: string; secret: string };
};

export type LoadedNotification =
  | { kind: "send"; notification: OutgoingNotification }
  /** Delivered, failed, or another job sends it. */
  | { kind: "settled" }
  /** Its subscriber was removed, or is not told this any more, by a change that the row's writer did not see. To be given up. */
  | { kind: "unwanted" }
  | { kind: "not-found" };

export type AttemptRecord = {
  startedAt: Date;
  latencyMs: number;
  httpStatus: number | null;
  code: string | null;
} & ({ outcome: "delivered" } | { outcome: "failed" } | { outcome: "retry"; nextAttemptAt: Date });

/** @param epoch the job's: one that was overtaken by a redelivery or a sweep has nothing left to send. */
export async function loadNotification(db: LedgerDatabase, id: string, epoch: number): Promise<LoadedNotification> {
  const row = await db
    .selectFrom("notifications")
    .innerJoin("subscribers", "subscribers.id", "notifications.subscriber_id")
    .select(["notifications.id", "type", "body", "attempts", "status", "epoch"])
    .select(["subscribers.id as subscriberId", "url", "secret"])
    .select(isForItsSubscriber(sql`s.audience`).as("isWanted"))
    .where("notifications.id", "=", id)
    .executeTakeFirst();
  if (!row) return { kind: "not-found" };
  if (row.status !== "pending" || row.epoch !== epoch) return { kind: "settled" };
  if (!row.isWanted) return { kind: "unwanted" };
  const { type, body, attempts, subscriberId, url, secret } = row;
  return { kind: "send", notification: { id, type, body, attempts, subscriber: { id: subscriberId, url, secret } } };
}

/** It counts as failed, like what waited when its subscriber was removed or narrowed. */
export async function giveUpNotification(
  db: LedgerDatabase,
  { id, epoch }: { id: string; epoch: number },
  now: Date,
): Promise<void> {
  await db
    .updateTable("notifications")
    .set({ status: "failed", settled_at: now })
    .where("id", "=", id)
    .where("epoch", "=", epoch)
    .where("status", "=", "pending")
    .execute();
}

/**
 * The attempt and what it means for the row, together. A late answer does not undo a delivery, and a failure of an earlier epoch
 * (the job's) does not fail what was redelivered meanwhile.
 */
export async function recordNotificationAttempt(
  db: LedgerDatabase,
  { id, epoch }: { id: string; epoch: number },
  attempt: AttemptRecord,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .insertInto("notification_attempts")
      .values({
        notification_id: id,
        started_at: attempt.startedAt,
        latency_ms: attempt.latencyMs,
        http_status: attempt.httpStatus,
        code: attempt.code,
        outcome: attempt.outcome,
      })
      .execute();
    await trx
      .updateTable("notifications")
      .set((eb) => ({ attempts: eb("attempts", "+", 1), ...consequenceOf(attempt) }))
      .where("id", "=", id)
      .where("status", "=", "pending")
      .$if(attempt.outcome !== "delivered", (update) => update.where("epoch", "=", epoch))
      .execute();
  });
}

function consequenceOf(attempt: AttemptRecord) {
  if (attempt.outcome === "retry") return { next_attempt_at: attempt.nextAttemptAt };
  return { status: attempt.outcome, settled_at: new Date(attempt.startedAt.getTime() + attempt.latencyMs) };
}
