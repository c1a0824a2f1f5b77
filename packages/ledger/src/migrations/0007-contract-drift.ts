import { type Kysely, sql } from "kysely";

const statements = [
  `create table contract_drift (
    kind text not null,
    message_type text not null,
    name text not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    count bigint not null,
    first_delivery_id text not null,
    primary key (kind, message_type, name)
  )`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
