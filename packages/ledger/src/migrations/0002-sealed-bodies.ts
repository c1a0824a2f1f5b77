import { type Kysely, sql } from "kysely";

const statements = [
  // Apart from the bodies, so that it has a backup of its own and a short one: destroying a key erases nothing that can be restored.
  `create table data_keys (
    id uuid primary key,
    company_id text,
    home_space text check (home_space in ('uuid', 'number')),
    home_id text,
    delivery_id text references deliveries (id),
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
  "alter table delivery_bodies add column data_key_id uuid references data_keys (id)",
  "create index delivery_bodies_by_data_key on delivery_bodies (data_key_id) where data_key_id is not null",
  "create index delivery_bodies_unwrapped on delivery_bodies (delivery_id) where data_key_id is null",
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
