import { type Kysely, sql } from "kysely";

/** So that a decision in doubt is found among thousands of files that are due. */
const index = `create index look_ups_in_doubt on look_ups (due_at, company_id, file_uuid) where due_at is not null and question = 'doubt'`;

export async function up(db: Kysely<never>): Promise<void> {
  await sql.raw(index).execute(db);
}
