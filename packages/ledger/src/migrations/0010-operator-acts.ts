import { type Kysely, sql } from "kysely";

/** From an operator's event to who did it and why. Only the audit of such acts has this key. */
const index = `create index audit_log_by_event on audit_log ((detail->>'eventId')) where detail->>'eventId' is not null`;

export async function up(db: Kysely<never>): Promise<void> {
  await sql.raw(index).execute(db);
}
