import { MORE } from "@receiver/contracts";
import { sql } from "kysely";
import type { LedgerDatabase } from "../transaction.ts";
import { type DriftSighting, withoutMapped } from "./sight-drift.ts";

/** A name that stood in no row before. */
export type NewDrift = Pick<DriftSighting, "kind" | "messageType" | "name">;

/**
 * Of one kind and message type. Danaya's messages have fewer fields in all; whoever invents more must not fill the table. Two
 * processes at once may exceed it by what each brings.
 */
const MAX_NAMES = 100;

/**
 * Counts what was sighted, in one statement of its own: beside the transaction that applies a delivery, which would hold a row that
 * all deliveries share until its commit. Rows are locked in one order for everybody.
 */
export async function recordDrift(
  db: LedgerDatabase,
  sighted: readonly DriftSighting[],
  maxNames = MAX_NAMES,
): Promise<NewDrift[]> {
  const news = await withoutMapped(db, sighted);
  if (news.length === 0) return [];
  const { rows } = await sql<NewDrift>`
    with input as (
      select kind, message_type, name, count(*) as count, min(seen_at) as first_at, max(seen_at) as last_at,
        (array_agg(delivery_id order by seen_at, delivery_id))[1] as delivery_id
      from unnest(
        ${news.map(({ kind }) => kind)}::text[],
        ${news.map(({ messageType }) => messageType)}::text[],
        ${news.map(({ name }) => name)}::text[],
        ${news.map(({ seenAt }) => seenAt)}::timestamptz[],
        ${news.map(({ deliveryId }) => deliveryId)}::text[]
      ) as sighted (kind, message_type, name, seen_at, delivery_id)
      group by kind, message_type, name
    ), ranked as (
      select i.*, d.name is not null as is_known,
        row_number() over (partition by i.kind, i.message_type, d.name is null order by i.first_at, i.name)
          + (select count(*) from contract_drift c where c.kind = i.kind and c.message_type = i.message_type) as rank
      from input i left join contract_drift d using (kind, message_type, name)
    ), named as (
      select kind, message_type, case when is_known or rank <= ${maxNames} then name else ${MORE} end as name,
        sum(count) as count, min(first_at) as first_at, max(last_at) as last_at,
        (array_agg(delivery_id order by first_at, delivery_id))[1] as delivery_id
      from ranked group by 1, 2, 3
    )
    insert into contract_drift as d (kind, message_type, name, first_seen_at, last_seen_at, count, first_delivery_id)
    select kind, message_type, name, first_at, last_at, count, delivery_id from named order by kind, message_type, name
    on conflict (kind, message_type, name) do update set
      count = d.count + excluded.count,
      last_seen_at = greatest(d.last_seen_at, excluded.last_seen_at),
      first_seen_at = least(d.first_seen_at, excluded.first_seen_at),
      first_delivery_id = case when excluded.first_seen_at < d.first_seen_at
        then excluded.first_delivery_id else d.first_delivery_id end
    returning kind, message_type as "messageType", name, (xmax = 0) as "isNew"`.execute(db);
  return rows.flatMap(({ isNew, ...drift }: NewDrift & { isNew?: boolean }) => (isNew ? [drift] : []));
}
