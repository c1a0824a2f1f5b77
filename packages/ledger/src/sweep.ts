import { sql } from "kysely";
import type { LedgerDatabase } from "./transaction.ts";
import { deliveryWakeUp, followUpWakeUp, notificationWakeUp, type WakeUp } from "./wake-up.ts";

/** The kinds of rows that wait for a job. */
export type SweptKind = "deliveries" | "notifications" | "follow-ups";
/** Where the next page begins: the last row's time and id. */
export type SweepCursor = { at: Date; id: string } | null;
export type SweptPage = { wakeUps: WakeUp[]; next: SweepCursor };

/**
 * Rows that should have been taken up by now, oldest first, a page at a time: whether their job is missing, finished or merely
 * waiting, only the queue can tell.
 *
 * @param page.before rows due before this moment.
 * @param page.messageType deliveries of this type alone: the other kinds have one queue each.
 */
export async function overdue(db: LedgerDatabase, kind: SweptKind, page: Page): Promise<SweptPage> {
  const rows = await pages[kind](db, page);
  const last = rows.at(-1);
  return {
    wakeUps: rows.map((row) => row.wakeUp),
    next: rows.length < page.limit || !last ? null : { at: last.at, id: last.wakeUp.id },
  };
}

type Page = { before: Date; after: SweepCursor; limit: number; messageType?: string | undefined };
type Row = { at: Date; wakeUp: WakeUp };

const pages: Record<SweptKind, (db: LedgerDatabase, page: Page) => Promise<Row[]>> = {
  deliveries: async (db, { before, after, limit, messageType }) => {
    const rows = await db
      .selectFrom("deliveries")
      .select(["id", "epoch", "message_type", "company_id", "received_at", "last_seen_at"])
      .where("status", "=", "pending")
      .where("last_seen_at", "<", before)
      .$if(messageType !== undefined, (query) => query.where("message_type", "=", messageType ?? ""))
      .$if(after !== null, (query) => query.where(sql<boolean>`(last_seen_at, id) > (${after?.at}, ${after?.id})`))
      .orderBy("last_seen_at")
      .orderBy("id")
      .limit(limit)
      .execute();
    return rows.map((row) => ({ at: row.last_seen_at, wakeUp: deliveryWakeUp(row) }));
  },
  notifications: async (db, { before, after, limit }) => {
    const rows = await db
      .selectFrom("notifications")
      .select(["id", "epoch", "type", "subscriber_id", "next_attempt_at"])
      .where("status", "=", "pending")
      .where("next_attempt_at", "<", before)
      .$if(after !== null, (query) => query.where(sql<boolean>`(next_attempt_at, id) > (${after?.at}, ${after?.id})`))
      .orderBy("next_attempt_at")
      .orderBy("id")
      .limit(limit)
      .execute();
    return rows.map((row) => ({ at: row.next_attempt_at, wakeUp: notificationWakeUp(row) }));
  },
  "follow-ups": async (db, { before, after, limit }) => {
    const rows = await db
      .selectFrom("follow_ups")
      .select(["id", "epoch", "client_file_id", "due_at"])
      .where("status", "=", "pending")
      .where("due_at", "<", before)
      .$if(after !== null, (query) => query.where(sql<boolean>`(due_at, id) > (${after?.at}, ${after?.id}::uuid)`))
      .orderBy("due_at")
      .orderBy("id")
      .limit(limit)
      .execute();
    return rows.map((row) => ({ at: row.due_at, wakeUp: followUpWakeUp(row) }));
  },
};

/**
 * The row's job has ended without settling the row: its id is spent, the next job needs the next epoch.
 *
 * @returns null when the row was settled or raised by somebody else meanwhile.
 */
export async function raiseEpoch(db: LedgerDatabase, kind: SweptKind, wakeUp: WakeUp): Promise<WakeUp | null> {
  const table = tableOf[kind];
  const row = await db
    .updateTable(table)
    .set((eb) => ({ epoch: eb("epoch", "+", 1) }))
    .where("id", "=", wakeUp.id)
    .where("epoch", "=", wakeUp.epoch)
    .where("status", "=", "pending")
    .returning("epoch")
    .executeTakeFirst();
  return row ? { ...wakeUp, epoch: row.epoch } : null;
}

const tableOf = { deliveries: "deliveries", notifications: "notifications", "follow-ups": "follow_ups" } as const;
