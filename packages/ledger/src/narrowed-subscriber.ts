import type { Audience } from "@receiver/contracts";
import { type RawBuilder, sql } from "kysely";
import type { SubscribersTable } from "./tables/outbox.ts";
import type { LedgerTransaction } from "./transaction.ts";

type Narrowed = Pick<SubscribersTable, "id" | "audience">;

/** How much each is told. */
const ranks: Record<Audience, number> = { customer: 0, operations: 1, compliance: 2 };

/** Of a row of `notifications` in SQL: it is about a company that its subscriber is told about now. */
export const isOfItsCompanies: RawBuilder<boolean> = sql`exists (
  select from subscribers s where s.id = notifications.subscriber_id and (s.companies is null or coalesce(
    (select company_id from client_files where id = notifications.client_file_id),
    (select company_id from deliveries where id = notifications.delivery_id)
  ) = any(s.companies))
)`;

/**
 * What waits was written for whom the subscriber was: attempts go on for a day and a half. What it is not to be told any more is not
 * sent and counts as failed, as after a removal.
 */
export async function failUnwanted(
  trx: LedgerTransaction,
  { before, after, now }: { before: Narrowed; after: Narrowed; now: Date },
): Promise<void> {
  const isToldLess = ranks[after.audience] < ranks[before.audience];
  await trx
    .updateTable("notifications")
    .set({ status: "failed", settled_at: now })
    .where("subscriber_id", "=", after.id)
    .where("status", "=", "pending")
    .where(sql<boolean>`(${isToldLess}::boolean or not ${isOfItsCompanies})`)
    .execute();
}
