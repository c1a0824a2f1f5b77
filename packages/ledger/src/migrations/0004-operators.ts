import { type Kysely, sql } from "kysely";

const statements = [
  // What was changed, where the target's id alone doesn't say it.
  "alter table audit_log add column detail jsonb",
  "create index audit_log_by_actor on audit_log (actor, id desc)",
  "create index audit_log_by_target on audit_log (target, id desc)",

  // Who reads this table can't come in with what it holds: digests of 256 random bits.
  `create table operator_sessions (
    token_digest text primary key,
    user_name text not null,
    credential_mac text not null,
    began_at timestamptz not null,
    last_seen_at timestamptz not null,
    ends_at timestamptz not null
  )`,
  "create index operator_sessions_by_user on operator_sessions (user_name)",
  "create index operator_sessions_by_end on operator_sessions (ends_at)",

  `create table machine_credentials (
    id uuid primary key,
    name text not null,
    company_ids text[] not null check (cardinality(company_ids) > 0),
    scopes text[] not null check (cardinality(scopes) > 0),
    secret_digest text not null,
    created_at timestamptz not null,
    created_by text not null,
    last_used_at timestamptz,
    expires_at timestamptz not null,
    revoked_at timestamptz
  )`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
