import type { LedgerDatabase } from "../transaction.ts";

/** A delivery's raw bytes, personal data and all, for who says why in the same transaction. Null when there are none. */
export async function readBody(db: LedgerDatabase, deliveryId: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom("delivery_bodies")
    .select("body")
    .where("delivery_id", "=", deliveryId)
    .executeTakeFirst();
  return row?.body ?? null;
}
