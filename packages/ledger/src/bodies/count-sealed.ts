import { sql } from "kysely";
import type { LedgerDatabase } from "../transaction.ts";

type WrappedKind = "data-key" | "erased" | "key-missing";
export type Sealed = {
  /** `masterVersion` null: destroyed. */
  dataKeys: { masterVersion: string | null; count: number }[];
  /** `version`: of the intake key, where it is sealed to one. `key-missing`: a restore left out the row of its data key. */
  bodies: { kind: "plain" | "intake" | WrappedKind; version: string | null; count: number }[];
};

/** What is sealed under what. Reads the whole table of bodies, though not the bodies. */
export async function countSealed(db: LedgerDatabase): Promise<Sealed> {
  const keys = await sql<{ masterVersion: string | null; count: string }>`
    select master_version as "masterVersion", count(*) from data_keys group by 1 order by 1`.execute(db);
  const wrapped = await sql<{ kind: WrappedKind; count: string }>`
    select case when k.id is null then 'key-missing' when k.destroyed_at is null then 'data-key' else 'erased' end as kind,
      count(*)
    from delivery_bodies b left join data_keys k on k.id = b.data_key_id
    where b.data_key_id is not null group by 1 order by 1`.execute(db);
  // The head of an envelope: a zero, its letter, the length of the name, the name.
  const unwrapped = await sql<{ version: string | null; count: string }>`
    select case when octet_length(body) > 3 and get_byte(body, 0) = 0
      then convert_from(substring(body from 4 for get_byte(body, 2)), 'utf8') end as version, count(*)
    from delivery_bodies where data_key_id is null group by 1 order by 1 nulls first`.execute(db);
  return {
    dataKeys: keys.rows.map(({ masterVersion, count }) => ({ masterVersion, count: Number(count) })),
    bodies: [
      ...unwrapped.rows.map(({ version, count }) => ({
        kind: version === null ? ("plain" as const) : ("intake" as const),
        version,
        count: Number(count),
      })),
      ...wrapped.rows.map(({ kind, count }) => ({ kind, version: null, count: Number(count) })),
    ],
  };
}
