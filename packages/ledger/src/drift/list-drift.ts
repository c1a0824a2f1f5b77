import { type DriftKind, deliveryTypes } from "@receiver/contracts";
import { sql } from "kysely";
import { decodeCursor, type Page, pageOf } from "../queries/cursor.ts";
import type { LedgerDatabase } from "../transaction.ts";

/** Something that the contract doesn't know, by name. */
export type DriftRecord = {
  kind: DriftKind;
  /** Of the messages that bear it; null for an unknown message type itself. */
  messageType: string | null;
  name: string;
  /** When the first delivery that bears it was received. */
  firstSeenAt: string;
  lastSeenAt: string;
  /** Deliveries that bear it. */
  count: number;
  /** The first of them. */
  deliveryId: string;
};

export type DriftFilter = {
  /** What was first seen then or later. */
  since?: Date | undefined;
  limit: number;
  cursor?: string | undefined;
};

type Row = Omit<DriftRecord, "firstSeenAt" | "lastSeenAt" | "count"> & { first: Date; last: Date; count: string };

const FIRST_DAY = new Date(0);

/**
 * What is new, the newest first. Unknown message types are read from the deliveries that are quarantined for it: they are few, and one
 * that a later contract takes is no news any more.
 */
export async function listDrift(db: LedgerDatabase, filter: DriftFilter): Promise<Page<DriftRecord>> {
  const { since = FIRST_DAY, limit, cursor } = filter;
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const { rows } = await sql<Row>`
    select kind, "messageType", name, first, last, count, "deliveryId" from (
      select kind, message_type as "messageType", name, first_seen_at as first, last_seen_at as last, count,
        first_delivery_id as "deliveryId"
      from contract_drift
      union all
      select 'message-type', null, message_type, min(received_at), max(last_seen_at), count(*),
        (array_agg(id order by received_at, id))[1]
      from deliveries
      where status = 'quarantined' and message_type <> all(${[...deliveryTypes]}::text[])
      group by message_type
    ) as drift
    where first >= ${since}
      and (${after === null}::boolean or (first, ${position}) < (${after?.at ?? FIRST_DAY}::timestamptz, ${after?.id ?? ""}))
    order by first desc, ${position} desc
    limit ${limit + 1}`.execute(db);
  return pageOf(rows, limit, (row) => ({ at: row.first, id: keyOf(row) }), recordOf);
}

/** Of names that were first seen together. */
const position = sql`concat_ws(' ', kind, "messageType", name) collate "C"`;
const keyOf = ({ kind, messageType, name }: Row): string => [kind, messageType, name].filter(Boolean).join(" ");

const recordOf = ({ first, last, count, ...row }: Row): DriftRecord => ({
  ...row,
  firstSeenAt: first.toISOString(),
  lastSeenAt: last.toISOString(),
  count: Number(count),
});
