import { type RawBuilder, sql } from "kysely";
import { deliveryKey, takeLocks } from "../apply/lock-keys.ts";
import { writeAudit } from "../audit.ts";
import { destroyBodies } from "../erasure/destroy-content.ts";
import { heldRows } from "../erasure/relationship.ts";
import { inTransaction, type LedgerDatabase, query } from "../transaction.ts";

export type Due = { due: number; oldest: string | null };
/** Who erases: for the audit. */
export type Eraser = { actor: string; now: Date };

/** One kind of rows that is no evidence. `more`: another batch may find some. */
type OperationalKind = {
  countDue(db: LedgerDatabase, before: Date): Promise<Due>;
  eraseBatch(db: LedgerDatabase, before: Date, limit: number, by: Eraser): Promise<{ erased: number; more: boolean }>;
};

const counted = async (db: LedgerDatabase, due: RawBuilder<unknown>): Promise<Due> => {
  const { rows } = await sql<{ due: string; oldest: Date | null }>`
    select count(*) as due, min(at) as oldest from (${due}) rows`.execute(db);
  return { due: Number(rows[0]?.due ?? 0), oldest: rows[0]?.oldest?.toISOString() ?? null };
};

/**
 * The body of a delivery that was never applied: nobody tried it again for so long. Whose it is nobody knows, so a hold on any file of
 * its company keeps it.
 */
const dueBodies = (before: Date) => sql`
  select d.id, greatest(d.last_seen_at, d.settled_at) as at
  from deliveries d join delivery_bodies b on b.delivery_id = d.id
  where d.status in ('failed', 'quarantined') and greatest(d.last_seen_at, d.settled_at) < ${before} and b.body <> ''
    and not exists (select from events e where e.id = d.id)
    and not exists (select from file_retention r where r.company_id = d.company_id and r.held_at is not null)`;

const deliveryBodies: OperationalKind = {
  countDue: (db, before) => counted(db, dueBodies(before)),
  eraseBatch: (db, before, limit, by) =>
    inTransaction(db, async (trx) => {
      const page = await sql<{ id: string }>`${dueBodies(before)} order by d.received_at, d.id limit ${limit}`.execute(
        trx,
      );
      const ids = page.rows.map(({ id }) => id);
      const more = ids.length === limit;
      if (ids.length === 0) return { erased: 0, more };
      await takeLocks(trx, ids.map(deliveryKey)); // a job of an earlier epoch may be applying one
      await trx.selectFrom("deliveries").select("id").where("id", "in", ids).orderBy("id").forNoKeyUpdate().execute();
      const still = await sql<{ id: string }>`${dueBodies(before)} and d.id = any(${ids}::text[])`.execute(trx);
      const dueIds = still.rows.map(({ id }) => id);
      const erased = await destroyBodies(trx, dueIds, by);
      const target = `${erased} bodies of failed and quarantined deliveries`;
      const reason = `not seen since ${before.toISOString()}`;
      if (erased > 0) await writeAudit(trx, { actor: by.actor, action: "delivery.erase", target, reason });
      return { erased, more }; // another process may have erased some of the page: that says nothing of the next one
    }),
};

const settledNotifications = (before: Date) => sql`
  select id, settled_at as at from notifications where status <> 'pending' and body <> '' and settled_at < ${before}
    and not exists (select from (${heldRows}) held where held.id = client_file_id)`;

/** The row stays: it says that a version of a file was told to somebody. */
const notifications: OperationalKind = {
  countDue: (db, before) => counted(db, settledNotifications(before)),
  eraseBatch: async (db, before, limit) => {
    const { numAffectedRows } = await query(() =>
      sql`
      with due as (
        ${settledNotifications(before)} order by settled_at, id limit ${limit} for update skip locked
      ), attempts as (
        delete from notification_attempts where notification_id in (select id from due)
      )
      update notifications set body = '' where id in (select id from due)`.execute(db),
    );
    const erased = Number(numAffectedRows ?? 0);
    return { erased, more: erased === limit };
  },
};

const oldSightings = (before: Date) => sql`select seen_at as at from delivery_sightings where seen_at < ${before}`;

/** How often a delivery was seen stays with its row. */
const sightings: OperationalKind = {
  countDue: (db, before) => counted(db, oldSightings(before)),
  eraseBatch: async (db, before, limit) => {
    const { numAffectedRows } = await query(() =>
      sql`
      delete from delivery_sightings where ctid = any(array(
        select ctid from delivery_sightings where seen_at < ${before} limit ${limit} for update skip locked
      ))`.execute(db),
    );
    const erased = Number(numAffectedRows ?? 0);
    return { erased, more: erased === limit };
  },
};

export const operationalKindNames = ["deliveryBodies", "notifications", "sightings"] as const;
export type OperationalKindName = (typeof operationalKindNames)[number];
export const operationalKinds = { deliveryBodies, notifications, sightings } satisfies Record<
  OperationalKindName,
  OperationalKind
>;
