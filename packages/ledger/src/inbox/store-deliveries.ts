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
  /** Empty: it can be applied. Otherwise it is quarantined with these. */
  problems: Problem[];
};

export type Receipt = {
  disposition: "accepted" | "duplicate" | "quarantined";
  /** What to wake the worker with; null when there is nothing to apply. */
  publish: { epoch: number } | null;
};

/** A delivery as often as the batch holds it. */
type Sighted = { first: IncomingDelivery; again: Date[] };
type Stored = { id: string; inserted: boolean; status: string; epoch: number };

/**
 * Stores a batch, whatever it holds twice. Answers in its order: the first of several equals may be new, the others are not.
 *
 * @param options `underWay`: another statement may be storing the very same receipts (a body and its moment), which are no
 * further sightings then.
 */
export async function storeDeliveries(
  db: LedgerDatabase,
  batch: readonly IncomingDelivery[],
  { underWay = false }: { underWay?: boolean } = {},
): Promise<Receipt[]> {
  const stored = await insertAll(db, sighted(batch), underWay);
  const answered = new Set<string>();
  return batch.map(({ id }) => {
    const row = stored.get(id);
    if (!row) throw new Error("Postgres returned no row for a delivery of the batch");
    const inserted = row.inserted && !answered.has(id);
    answered.add(id);
    return receiptOf({ ...row, inserted });
  });
}

/** By id, so that two batches that share bodies lock their rows in the same order. */
function sighted(batch: readonly IncomingDelivery[]): Sighted[] {
  return [...Map.groupBy(batch, ({ id }) => id).values()]
    .map(([first, ...others]) => ({
      first: first as IncomingDelivery,
      again: others.map(({ receivedAt }) => receivedAt),
    }))
    .sort((a, b) => (a.first.id < b.first.id ? -1 : 1));
}

/**
 * One statement for the whole batch, hence one commit. A body seen before is counted and dated; if it had failed or was
 * quarantined and can be applied now, it is tried once more under the next epoch.
 */
async function insertAll(
  db: LedgerDatabase,
  batch: readonly Sighted[],
  underWay: boolean,
): Promise<Map<string, Stored>> {
  const rows = batch.map(({ first }) => first);
  const repeats = batch.flatMap(({ first, again }) => again.map((seenAt) => ({ id: first.id, seenAt })));
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
        ${batch.map(({ again }) => 1 + again.length)}::integer[]
      ) as input (id, company_id, message_type, disposition, received_at, problems, body, sightings)
    ), stored as (
      insert into deliveries as d
        (id, company_id, message_type, disposition, status, received_at, last_seen_at, sightings, problems)
      select id, company_id, message_type, disposition,
        case disposition when 'accepted' then 'pending' else 'quarantined' end, received_at, received_at, sightings, problems
      from input
      on conflict (id) do update set
        sightings = d.sightings + excluded.sightings
          - case when ${underWay}::boolean and d.received_at = excluded.received_at then 1 else 0 end,
        last_seen_at = greatest(d.last_seen_at, excluded.last_seen_at),
        status = case when ${triedAgain} then 'pending' else d.status end,
        epoch = d.epoch + case when ${triedAgain} then 1 else 0 end,
        attempts = case when ${triedAgain} then 0 else d.attempts end,
        settled_at = case when ${triedAgain} then null else d.settled_at end,
        message_type = case when ${triedAgain} then excluded.message_type else d.message_type end,
        company_id = case when ${triedAgain} then excluded.company_id else d.company_id end,
        problems = case when d.status = 'quarantined' then excluded.problems else d.problems end
      returning d.id, d.status, d.epoch, d.received_at
    ), bodies as (
      insert into delivery_bodies (delivery_id, body) select id, body from input on conflict do nothing
      returning delivery_id
    ), seen_again as (
      insert into delivery_sightings (delivery_id, seen_at)
      select input.id, input.received_at from input join stored on stored.id = input.id
      where not exists (select from bodies where bodies.delivery_id = input.id)
        and not (${underWay}::boolean and stored.received_at = input.received_at)
      union all
      select * from unnest(
        ${repeats.map((repeat) => repeat.id)}::text[],
        ${repeats.map((repeat) => repeat.seenAt)}::timestamptz[]
      )
    )
    select stored.id, stored.status, stored.epoch,
      exists (select from bodies where bodies.delivery_id = stored.id) as inserted
    from stored`.execute(db);
  return new Map(result.rows.map((row) => [row.id, row]));
}

/** A failed delivery that comes again, or a quarantined one that the contract accepts by now. */
const triedAgain = sql`(d.status in ('failed', 'quarantined') and excluded.disposition = 'accepted')`;

function receiptOf(stored: Stored): Receipt {
  const publish = stored.status === "pending" ? { epoch: stored.epoch } : null;
  if (!stored.inserted) return { disposition: "duplicate", publish };
  return { disposition: stored.status === "quarantined" ? "quarantined" : "accepted", publish };
}
