import type { Problem } from "@receiver/contracts";
import { sql } from "kysely";
import type { LedgerDatabase } from "../transaction.ts";

export type IncomingDelivery = {
  /** {@link deliveryIdOf} the body. */
  id: string;
  body: Uint8Array;
  /** The delivery type, or what the body calls itself when that isn't one of ours. */
  type: string | null;
  companyId: string | null;
  receivedAt: Date;
  /** A UUID, of this one arrival of the body: told twice, it is one sighting. */
  receiptId: string;
  /** Empty: it can be applied. Otherwise it is quarantined with these. */
  problems: Problem[];
};

export type Receipt = {
  disposition: "accepted" | "duplicate" | "quarantined";
  /** What to wake the worker with; null when there is nothing to apply. */
  publish: { epoch: number } | null;
};

type Stored = { id: string; inserted: boolean; status: string; epoch: number };

/** Stores a batch, whatever it holds twice. Answers in its order: the first of several equals may be new, the others are not. */
export async function storeDeliveries(db: LedgerDatabase, batch: readonly IncomingDelivery[]): Promise<Receipt[]> {
  const stored = await insertAll(db, batch);
  const answered = new Set<string>();
  return batch.map(({ id }) => {
    const row = stored.get(id);
    if (!row) throw new Error("Postgres returned no row for a delivery of the batch");
    const inserted = row.inserted && !answered.has(id);
    answered.add(id);
    return receiptOf({ ...row, inserted });
  });
}

const firstsOf = (batch: readonly IncomingDelivery[], keyOf: (delivery: IncomingDelivery) => string) => [
  ...new Map(batch.toReversed().map((delivery) => [keyOf(delivery), delivery])).values(),
];

/**
 * One statement for the whole batch, hence one commit. A receipt that is stored already changes nothing. Another one of a body seen
 * before is counted and dated; if the delivery had failed or was quarantined and can be applied now, it is tried once more under the
 * next epoch.
 *
 * Rows in the order of their ids, so that two batches that share bodies lock them in the same order. Where two statements that bear the same
 * further sighting of a body overlap, the later one may count it again.
 */
async function insertAll(db: LedgerDatabase, batch: readonly IncomingDelivery[]): Promise<Map<string, Stored>> {
  const rows = firstsOf(batch, ({ id }) => id).sort((a, b) => (a.id < b.id ? -1 : 1));
  const receipts = firstsOf(batch, ({ id, receiptId }) => `${id} ${receiptId}`);
  const result = await sql<Stored>`
    with input as (
      select * from unnest(
        ${rows.map((row) => row.id)}::text[],
        ${rows.map((row) => row.companyId)}::text[],
        ${rows.map((row) => row.type)}::text[],
        ${rows.map((row) => (row.problems.length === 0 ? "accepted" : "quarantined"))}::text[],
        ${rows.map((row) => row.receivedAt)}::timestamptz[],
        ${rows.map((row) => JSON.stringify(row.problems))}::jsonb[],
        ${rows.map((row) => Buffer.from(row.body))}::bytea[],
        ${rows.map((row) => row.receiptId)}::uuid[]
      ) as input (id, company_id, message_type, disposition, received_at, problems, body, receipt)
    ), receipts as (
      select * from unnest(
        ${receipts.map(({ id }) => id)}::text[],
        ${receipts.map(({ receiptId }) => receiptId)}::uuid[],
        ${receipts.map(({ receivedAt }) => receivedAt)}::timestamptz[]
      ) as receipts (delivery_id, receipt, seen_at)
    ), unknown as (
      select * from receipts r
      where not exists (select from delivery_sightings s where s.delivery_id = r.delivery_id and s.receipt = r.receipt)
    ), stored as (
      insert into deliveries as d (id, company_id, message_type, disposition, status,
        received_at, last_seen_at, sightings, problems, first_receipt)
      select id, company_id, message_type, disposition, case disposition when 'accepted' then 'pending' else 'quarantined' end,
        received_at, received_at, (select count(*) from receipts where delivery_id = id), problems, receipt
      from input
      on conflict (id) do update set
        (sightings, last_seen_at, status, epoch, attempts, settled_at, message_type, company_id, problems) = (${changes})
      returning d.id, d.status, d.epoch, d.first_receipt
    ), bodies as (
      insert into delivery_bodies (delivery_id, body) select id, body from input on conflict do nothing
      returning delivery_id
    ), seen_again as (
      insert into delivery_sightings (delivery_id, seen_at, receipt)
      select delivery_id, seen_at, receipt from unknown join stored on stored.id = delivery_id
      where receipt is distinct from first_receipt
      on conflict (delivery_id, receipt) do nothing
    )
    select stored.id, stored.status, stored.epoch,
      exists (select from bodies where bodies.delivery_id = stored.id) as inserted
    from stored`.execute(db);
  return new Map(result.rows.map((row) => [row.id, row]));
}

/** Of the row of a body that was seen before. \`again\`: it had failed, or it was quarantined and the contract accepts it by now. */
const changes = sql`
  select d.sightings + further.count,
    greatest(d.last_seen_at, excluded.last_seen_at),
    case when again then 'pending' else d.status end,
    d.epoch + again::integer,
    case when again then 0 else d.attempts end,
    case when again then null else d.settled_at end,
    case when again then excluded.message_type else d.message_type end,
    case when again then excluded.company_id else d.company_id end,
    case when d.status = 'quarantined' then excluded.problems else d.problems end
  from (
      select count(*) as count from unknown
      where delivery_id = d.id and receipt is distinct from d.first_receipt
    ) as further,
    lateral (
      select further.count > 0 and d.status in ('failed', 'quarantined') and excluded.disposition = 'accepted' as again
    ) as tried`;

function receiptOf(stored: Stored): Receipt {
  const publish = stored.status === "pending" ? { epoch: stored.epoch } : null;
  if (!stored.inserted) return { disposition: "duplicate", publish };
  return { disposition: stored.status === "quarantined" ? "quarantined" : "accepted", publish };
}
