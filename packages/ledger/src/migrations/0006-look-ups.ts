import { type Kysely, sql } from "kysely";

const statements = [
  `create table look_ups (
    company_id text not null,
    file_uuid text not null,
    question text not null check (question in ('doubt', 'open', 'decided')),
    occasion text not null,
    since timestamptz not null,
    step integer not null default 0,
    failures integer not null default 0,
    due_at timestamptz,
    asked_at timestamptz,
    exhausted_at timestamptz,
    primary key (company_id, file_uuid)
  )`,
  "create index look_ups_due on look_ups (due_at, company_id, file_uuid) where due_at is not null",
  `create table danaya_gate (
    id integer primary key default 1 check (id = 1),
    tokens double precision not null default 0,
    refilled_at timestamptz not null default now(),
    failures integer not null default 0,
    closed_until timestamptz,
    closed_by text
  )`,
  // Null in rows of an older version, which released every state.
  "alter table client_files add column released_state text",
  "create index client_files_by_released_state on client_files (released_state, last_event_at desc, id desc) where merged_into is null",
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
