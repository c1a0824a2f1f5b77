import type { Audience } from "@receiver/contracts";
import { type RawBuilder, sql } from "kysely";
import type { SubscribersTable } from "./tables/outbox.ts";
import type { LedgerTransaction } from "./transaction.ts";

type InSql<T> = RawBuilder<T>;

/** An audience's place by how much it is told, the least first. */
const rankOf = (audience: InSql<Audience>): InSql<number> =>
  sql`array_position(array['customer', 'operations', 'compliance'], ${audience})`;

/**
 * Of a row of `notifications` in SQL: its subscriber (`s`) is there, and is told such things now. What was written for an audience may
 * go to one that is told more.
 *
 * @param ofOldRow for whom a row was written that does not say so.
 */
export const isForItsSubscriber = (ofOldRow: InSql<Audience>): InSql<boolean> => sql`exists (
  select from subscribers s where s.id = notifications.subscriber_id and s.removed_at is null
  and s.types && array['*', notifications.type]
  and (s.companies is null or coalesce(
    (select company_id from client_files where id = notifications.client_file_id),
    (select company_id from deliveries where id = notifications.delivery_id)
  ) = any(s.companies))
  and ${rankOf(sql`coalesce(notifications.audience, ${ofOldRow})`)} <= ${rankOf(sql`s.audience`)}
)`;

/**
 * What waits was written for whom the subscriber was: attempts go on for a day and a half. What it is not to be told any more is not
 * sent and counts as failed.
 *
 * @param before for whom it was until this transaction.
 */
export async function failUnwanted(
  trx: LedgerTransaction,
  before: Pick<SubscribersTable, "id" | "audience">,
  now: Date,
): Promise<void> {
  await trx
    .updateTable("notifications")
    .set({ status: "failed", settled_at: now })
    .where("subscriber_id", "=", before.id)
    .where("status", "=", "pending")
    .where((eb) => eb.not(isForItsSubscriber(sql`${before.audience}::text`)))
    .execute();
}
