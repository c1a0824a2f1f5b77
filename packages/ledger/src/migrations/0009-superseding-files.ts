import { type Kysely, sql } from "kysely";

const statements = [
  // Few files have retries, and most of their externalIds are borne once: an externalId that all files bear must not cost more.
  `create index client_files_retried on client_files (company_id, external_id, opened_at)
    where merged_into is null and external_id is not null and (view -> 'retries') <> '[]'::jsonb`,
  "alter table follow_ups drop constraint follow_ups_kind_check",
  `alter table follow_ups add constraint follow_ups_kind_check
    check (kind in ('ask', 'reminder', 'escalation', 'abandonment'))`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
