import { type Kysely, sql } from "kysely";

/** For whom a row was written. Null in rows of an older version, and of an older process that runs beside this one. */
const column = "alter table notifications add column audience text";

export async function up(db: Kysely<never>): Promise<void> {
  await sql.raw(column).execute(db);
}
