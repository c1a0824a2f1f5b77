import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { eventsOf } from "../apply/events.ts";
import { nodesOf } from "../apply/lock-keys.ts";
import type { LedgerTransaction } from "../transaction.ts";
import type { RelatedFile } from "./relationship.ts";

export type Destroyer = { actor: string; now: Date };
/** What was there to destroy. `keys` counts those, too, that were destroyed before they were made. */
export type Destroyed = { keys: number; bodies: number };

/**
 * Destroys what a file's bodies can be opened with, and the bodies. An id without a key gets a destroyed one: what comes later
 * about it isn't kept. A body's row stays, empty: without it the same bytes, sent again, would be stored as new.
 *
 * The caller holds the file's locks.
 */
export async function destroyContent(trx: LedgerTransaction, file: RelatedFile, by: Destroyer): Promise<Destroyed> {
  const keys = await destroyKeysOf(trx, file, by);
  await destroyKeysOfItsDeliveries(trx, file, by);
  const { numAffectedRows } = await sql`
    update delivery_bodies b set body = '', data_key_id = k.id
    from events join data_keys k on k.company_id = events.company_id
      and k.home_space = case when events.file_number is null then 'uuid' else 'number' end
      and k.home_id = coalesce(events.file_number, events.file_uuid)
    where b.delivery_id = events.delivery_id and b.body <> '' and ${eventsOf(file)}`.execute(trx);
  return { keys, bodies: Number(numAffectedRows ?? 0) };
}

async function destroyKeysOf(trx: LedgerTransaction, file: RelatedFile, { actor, now }: Destroyer): Promise<number> {
  const destroyed = await trx
    .insertInto("data_keys")
    .values(
      nodesOf(file).map(({ space, id }) => ({
        id: uuidv7(),
        company_id: file.companyId,
        home_space: space,
        home_id: id,
        created_at: now,
        destroyed_at: now,
        destroyed_by: actor,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(["company_id", "home_space", "home_id"])
        .doUpdateSet({ sealed_key: null, master_version: null, destroyed_at: now, destroyed_by: actor })
        .where("data_keys.destroyed_at", "is", null),
    )
    .returning("id")
    .execute();
  return destroyed.length;
}

/** One that was quarantined before it belonged to the file may have a key of its own. */
async function destroyKeysOfItsDeliveries(trx: LedgerTransaction, file: RelatedFile, { actor, now }: Destroyer) {
  await trx
    .updateTable("data_keys")
    .set({ sealed_key: null, master_version: null, destroyed_at: now, destroyed_by: actor })
    .where("destroyed_at", "is", null)
    .where("delivery_id", "in", (eb) => eb.selectFrom("events").select("delivery_id").where(eventsOf(file)))
    .execute();
}

/**
 * The same for deliveries that belong to no file.
 *
 * @returns how many bodies there were. The caller holds the deliveries' locks.
 */
export async function destroyBodies(
  trx: LedgerTransaction,
  ids: readonly string[],
  { actor, now }: Destroyer,
): Promise<number> {
  await sql`
    insert into data_keys as k (id, delivery_id, created_at, destroyed_at, destroyed_by)
    select gen_random_uuid(), id, ${now}, ${now}, ${actor} from unnest(${ids}::text[]) as id
    on conflict (delivery_id) do update
      set sealed_key = null, master_version = null, destroyed_at = excluded.destroyed_at, destroyed_by = excluded.destroyed_by
      where k.destroyed_at is null`.execute(trx);
  const { numAffectedRows } = await sql`
    update delivery_bodies b set body = '', data_key_id = k.id
    from data_keys k where k.delivery_id = b.delivery_id and b.delivery_id = any(${ids}::text[]) and b.body <> ''`.execute(
    trx,
  );
  return Number(numAffectedRows ?? 0);
}
