import { type Kysely, sql } from "kysely";

const statements = [
  // Apart from the bodies, with a backup of its own and a short one: what a backup brings back was not erased. So no foreign key
  // ties the two: they are restored apart, and an old dump may name keys that are gone.
  `create table data_keys (
    id uuid primary key,
    company_id text,
    home_space text check (home_space in ('uuid', 'number')),
    home_id text,
    delivery_id text,
    sealed_key bytea,
    master_version text,
    created_at timestamptz not null,
    destroyed_at timestamptz,
    unique (company_id, home_space, home_id),
    unique (delivery_id),
    check (num_nonnulls(company_id, home_space, home_id) in (0, 3)),
    check (num_nonnulls(home_id, delivery_id) = 1),
    check ((sealed_key is null) = (destroyed_at is not null)),
    check ((sealed_key is null) = (master_version is null))
  )`,
  "create index data_keys_by_master_version on data_keys (master_version, id) where sealed_key is not null",
  "alter table delivery_bodies add column data_key_id uuid",
  "create index delivery_bodies_unwrapped on delivery_bodies (delivery_id) where data_key_id is null",
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
