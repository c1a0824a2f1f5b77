import { type Kysely, sql } from "kysely";

const statements = [
  `create table document_notices (
    company_id text not null,
    file_number text not null,
    document_id text not null,
    expires_on text not null,
    threshold integer not null,
    due_at timestamptz not null,
    status text not null default 'pending' check (status in ('pending', 'done', 'cancelled')),
    primary key (company_id, file_number, document_id, expires_on, threshold)
  )`,
  "create index document_notices_due on document_notices (due_at, company_id, file_number) where status = 'pending'",
  // Of files of an older version, which told by their flags: those had been told at 90 days, or that it was over.
  `insert into document_notices (company_id, file_number, document_id, expires_on, threshold, due_at, status)
    select f.company_id, f.file_number, d->>'id', d->'expiry'->>'day', t.threshold,
      ((d->'expiry'->>'day')::date + case t.threshold when 0 then 1 else -t.threshold end)::timestamp at time zone 'UTC',
      case when d->>'validity' = 'expired' or d->>'validity' = 'near' and t.threshold = 90 then 'done' else 'pending' end
    from client_files f
      cross join lateral jsonb_array_elements(f.view->'documents') d
      cross join (values (90), (30), (7), (0)) t (threshold)
    where f.file_number is not null
      and d->>'space' = 'analysis' and d->'expiry'->>'day' is not null`,
  // Null in rows of an older version.
  "alter table client_files add column heard_at timestamptz",
  "alter table client_files add column given_up boolean not null default false",
  // What is written here stands word for word in the query that is to use it.
  `create index client_files_waiting on client_files (state, (coalesce(heard_at, last_event_at)), id)
    where merged_into is null and not given_up and not flags @> '{stalled}'
      and (state not in ('APPROVED', 'REJECTED') or released_state <> state)`,
  "create index client_files_stalled on client_files (state) where merged_into is null and flags @> '{stalled}'",
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
