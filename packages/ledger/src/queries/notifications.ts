import { sql } from "kysely";
import type { LedgerDatabase } from "../transaction.ts";
import { decodeCursor, type Page, pageOf } from "./cursor.ts";
import { given } from "./given.ts";

export type NotificationSummary = {
  id: string;
  subscriberId: string;
  clientFileId: string | null;
  version: number | null;
  deliveryId: string | null;
  type: string;
  status: "pending" | "delivered" | "failed";
  createdAt: string;
  nextAttemptAt: string | null;
  settledAt: string | null;
  attempts: NotificationAttempt[];
};

type NotificationAttempt = {
  at: string;
  outcome: string;
  httpStatus: number | null;
  code: string | null;
  latencyMs: number;
};

export type NotificationFilter = {
  subscriberId?: string | undefined;
  clientFileId?: string | undefined;
  type?: string | undefined;
  status?: "pending" | "delivered" | "failed" | undefined;
  limit: number;
  cursor?: string | undefined;
};

/** Newest first, each with all its attempts. */
export async function listNotifications(
  db: LedgerDatabase,
  filter: NotificationFilter,
): Promise<Page<NotificationSummary>> {
  const after = filter.cursor === undefined ? null : decodeCursor(filter.cursor);
  const rows = await db
    .selectFrom("notifications")
    .selectAll()
    .where((eb) =>
      eb.and([
        ...given(filter.subscriberId, (subscriberId) => eb("subscriber_id", "=", subscriberId)),
        ...given(filter.clientFileId, (clientFileId) => eb("client_file_id", "=", clientFileId)),
        ...given(filter.type, (type) => eb("type", "=", type)),
        ...given(filter.status, (status) => eb("status", "=", status)),
      ]),
    )
    .$if(after !== null, (query) => query.where(sql<boolean>`(created_at, id) < (${after?.at}, ${after?.id})`))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(filter.limit + 1)
    .execute();
  const attempts = await attemptsOf(
    db,
    rows.map((row) => row.id),
  );
  return pageOf(
    rows,
    filter.limit,
    (row) => ({ at: row.created_at, id: row.id }),
    (row): NotificationSummary => ({
      id: row.id,
      subscriberId: row.subscriber_id,
      clientFileId: row.client_file_id,
      version: row.version,
      deliveryId: row.delivery_id,
      type: row.type,
      status: row.status,
      createdAt: row.created_at.toISOString(),
      nextAttemptAt: row.status === "pending" ? row.next_attempt_at.toISOString() : null,
      settledAt: row.settled_at?.toISOString() ?? null,
      attempts: attempts.get(row.id) ?? [],
    }),
  );
}

async function attemptsOf(db: LedgerDatabase, ids: string[]): Promise<Map<string, NotificationAttempt[]>> {
  const byNotification = new Map<string, NotificationAttempt[]>();
  if (ids.length === 0) return byNotification;
  const rows = await db
    .selectFrom("notification_attempts")
    .selectAll()
    .where("notification_id", "in", ids)
    .orderBy("id")
    .execute();
  for (const row of rows) {
    const attempt = {
      at: row.started_at.toISOString(),
      outcome: row.outcome,
      httpStatus: row.http_status,
      code: row.code,
      latencyMs: row.latency_ms,
    };
    byNotification.set(row.notification_id, [...(byNotification.get(row.notification_id) ?? []), attempt]);
  }
  return byNotification;
}
