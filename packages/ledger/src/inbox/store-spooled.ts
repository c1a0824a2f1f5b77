import { sql } from "kysely";
import type { LedgerDatabase } from "../transaction.ts";
import { type IncomingDelivery, type Receipt, storeDeliveries } from "./store-deliveries.ts";

type Known = { id: string; received_at: Date; status: string; epoch: number };

/**
 * Stores deliveries that waited on disk. One and the same receipt (a body and its moment) may be stored already: by a statement whose
 * answer came too late, or before a crash that cut the draining short. That is no further sighting.
 */
export async function storeSpooled(db: LedgerDatabase, batch: readonly IncomingDelivery[]): Promise<Receipt[]> {
  const known = await knownReceipts(db, batch);
  const fresh = batch.filter((delivery) => !known.has(receiptKey(delivery.id, delivery.receivedAt)));
  const receipts = fresh.length === 0 ? [] : await storeDeliveries(db, fresh, { underWay: true });
  const receiptOf = new Map(fresh.map((delivery, index) => [delivery, receipts[index] as Receipt]));
  return batch.map((delivery) => {
    const { status, epoch } = known.get(receiptKey(delivery.id, delivery.receivedAt)) ?? { status: "", epoch: 0 };
    const publish = status === "pending" ? { epoch } : null;
    return receiptOf.get(delivery) ?? { disposition: "duplicate", publish };
  });
}

async function knownReceipts(db: LedgerDatabase, batch: readonly IncomingDelivery[]): Promise<Map<string, Known>> {
  const { rows } = await sql<Known>`
    select input.id, input.received_at, d.status, d.epoch
    from unnest(
      ${batch.map(({ id }) => id)}::text[],
      ${batch.map(({ receivedAt }) => receivedAt)}::timestamptz[]
    ) as input (id, received_at)
    join deliveries d on d.id = input.id
    where d.received_at = input.received_at
      or exists (select from delivery_sightings s where s.delivery_id = d.id and s.seen_at = input.received_at)`.execute(
    db,
  );
  return new Map(rows.map((row) => [receiptKey(row.id, row.received_at), row]));
}

const receiptKey = (id: string, receivedAt: Date): string => `${id} ${receivedAt.getTime()}`;
