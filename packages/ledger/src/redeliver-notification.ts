import type { Audience } from "@receiver/contracts";
import { type RawBuilder, sql } from "kysely";
import { writeAudit } from "./audit.ts";
import { isForItsSubscriber } from "./narrowed-subscriber.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "./transaction.ts";
import { notificationWakeUp, type WakeUp } from "./wake-up.ts";

export type Redelivery =
  | { kind: "redelivered"; wakeUp: WakeUp }
  /** There is none, its body was erased, or its subscriber was removed. */
  | { kind: "not-found" }
  /** It was written when its subscriber was told more: another audience, other companies, other types. */
  | { kind: "not-for-subscriber" };

/** Sends it once more, under the same id, whatever became of it: to whom it is still for. */
export async function redeliver(
  db: LedgerDatabase,
  id: string,
  by: { actor: string; reason: string | null; now: Date },
): Promise<Redelivery> {
  return inTransaction(db, async (trx): Promise<Redelivery> => {
    if (!(await holdSubscriber(trx, id))) return { kind: "not-found" };
    const row = await trx
      .updateTable("notifications")
      .set((eb) => ({
        status: "pending",
        epoch: eb("epoch", "+", 1),
        attempts: 0,
        next_attempt_at: by.now,
        settled_at: null,
      }))
      .where("id", "=", id)
      .where("body", "<>", "")
      .where(isForItsSubscriber(audienceOfOldRow))
      .returning(["id", "epoch", "type", "subscriber_id", "next_attempt_at"])
      .executeTakeFirst();
    if (!row) return { kind: "not-for-subscriber" };
    await writeAudit(trx, { actor: by.actor, action: "notification.redeliver", target: id, reason: by.reason });
    return { kind: "redelivered", wakeUp: notificationWakeUp(row) };
  });
}

/** Whoever narrows or removes it meanwhile waits, and then finds the row pending. */
async function holdSubscriber(trx: LedgerTransaction, id: string): Promise<boolean> {
  const held = await trx
    .selectFrom("notifications as n")
    .innerJoin("subscribers as s", "s.id", "n.subscriber_id")
    .select("s.id")
    .where("n.id", "=", id)
    .where("n.body", "<>", "")
    .where("s.removed_at", "is", null)
    .forShare("s")
    .executeTakeFirst();
  return held !== undefined;
}

/**
 * For whom the subscriber is, if it was never for anybody else. Otherwise a row that does not say it may hold what compliance alone is
 * told. Times are not compared: they are several machines'.
 */
const audienceOfOldRow: RawBuilder<Audience> = sql`case when exists (
  select from audit_log where target = s.id::text and action = 'subscriber.update'
  and (detail is null or detail -> 'audience' is not null)
) then 'compliance' else s.audience end`;
