import { type Kysely, sql } from "kysely";

/** Null in rows of an older version, and of an older process that runs beside this one. */
const statements = [
  "alter table deliveries add column first_receipt uuid",
  "alter table delivery_sightings add column receipt uuid",
  "create unique index delivery_sightings_by_receipt on delivery_sightings (delivery_id, receipt)",
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
