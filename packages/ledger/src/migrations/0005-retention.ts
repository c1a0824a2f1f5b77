import { type Kysely, sql } from "kysely";

const statements = [
  `create table file_retention (
    company_id text not null,
    space text not null check (space in ('uuid', 'number')),
    id text not null,
    held_at timestamptz,
    held_by text,
    hold_reason text,
    relationship_closed_at timestamptz,
    primary key (company_id, space, id),
    check (num_nulls(held_at, held_by, hold_reason) in (0, 3))
  )`,
  "create index file_retention_held on file_retention (held_at) where held_at is not null",
  "create index file_retention_closed on file_retention (relationship_closed_at) where relationship_closed_at is not null",
  "alter table data_keys add column destroyed_by text",
  "create index notifications_settled on notifications (settled_at, id) where status <> 'pending' and body <> ''",
  // brin: the table grows in the order of this column, and the index must cost the ingress nothing.
  "create index delivery_sightings_by_time on delivery_sightings using brin (seen_at)",
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
