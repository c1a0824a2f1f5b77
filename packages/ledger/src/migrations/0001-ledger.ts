import { type Kysely, sql } from "kysely";

const statements = [
  `create table deliveries (
    id text primary key check (id ~ '^[0-9a-f]{40}$'),
    company_id text,
    message_type text,
    disposition text not null check (disposition in ('accepted', 'quarantined')),
    status text not null check (status in ('pending', 'applied', 'failed', 'quarantined')),
    received_at timestamptz not null,
    last_seen_at timestamptz not null,
    sightings integer not null default 1,
    epoch integer not null default 0,
    attempts integer not null default 0,
    problems jsonb not null default '[]',
    error_code text,
    error_frames text,
    settled_at timestamptz,
    quarantine_told boolean not null default false
  )`,
  "create index deliveries_by_time on deliveries (received_at desc, id desc)",
  "create index deliveries_unsettled on deliveries (last_seen_at, id) where status = 'pending'",
  "create index deliveries_by_status on deliveries (status, received_at desc, id desc) where status in ('failed', 'quarantined')",
  "create index deliveries_refused on deliveries (received_at desc, id desc) where disposition = 'quarantined'",
  "create index deliveries_untold on deliveries (received_at) where status = 'quarantined' and not quarantine_told",

  // bytea, never text: a body may hold a NUL.
  "create table delivery_bodies (delivery_id text primary key references deliveries (id), body bytea not null)",
  "create table delivery_sightings (delivery_id text not null references deliveries (id), seen_at timestamptz not null)",
  "create index delivery_sightings_by_delivery on delivery_sightings (delivery_id, seen_at)",

  `create table events (
    id text primary key,
    delivery_id text references deliveries (id),
    company_id text not null,
    source text not null,
    occurred_at timestamptz not null,
    file_uuid text,
    file_number text,
    external_id text,
    file_created_at timestamptz,
    version integer not null,
    facts jsonb not null,
    recorded_at timestamptz not null default now(),
    check (file_uuid is not null or file_number is not null)
  )`,
  "create index events_by_uuid on events (company_id, file_uuid) where file_uuid is not null",
  "create index events_by_number on events (company_id, file_number) where file_number is not null",
  "create index events_by_external_id on events (company_id, external_id, file_uuid, file_number) where external_id is not null",

  `create table client_files (
    id uuid primary key,
    company_id text not null,
    home_space text not null check (home_space in ('uuid', 'number')),
    home_id text not null,
    file_uuid text,
    file_number text,
    merged_into uuid references client_files (id),
    links_contradicted boolean not null default false,
    escalated_by_clock boolean not null default false,
    external_id text,
    state text not null,
    flags text[] not null,
    version integer not null default 0,
    opened_at timestamptz not null,
    last_event_at timestamptz not null,
    view jsonb not null,
    customer_view jsonb not null,
    unique (company_id, home_space, home_id),
    check ((merged_into is null) = (file_uuid is not null or file_number is not null))
  )`,
  "create unique index client_files_by_uuid on client_files (company_id, file_uuid) where file_uuid is not null",
  "create unique index client_files_by_number on client_files (company_id, file_number) where file_number is not null",
  "create index client_files_by_external_id on client_files (company_id, external_id) where external_id is not null",
  "create index client_files_by_time on client_files (last_event_at desc, id desc) where merged_into is null",
  "create index client_files_by_company on client_files (company_id, last_event_at desc, id desc) where merged_into is null",
  "create index client_files_by_state on client_files (state, last_event_at desc, id desc) where merged_into is null",
  "create index client_files_by_flag on client_files using gin (flags) where merged_into is null",
  "create index client_files_merged on client_files (merged_into) where merged_into is not null",

  `create table transitions (
    id bigint generated always as identity primary key,
    client_file_id uuid not null references client_files (id),
    version integer not null,
    from_state text not null,
    to_state text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    cause text not null references events (id),
    reversal boolean not null
  )`,
  "create index transitions_by_file on transitions (client_file_id, id)",

  `create table subscribers (
    id uuid primary key,
    name text not null,
    kind text not null check (kind in ('http')),
    url text not null,
    types text[] not null,
    companies text[],
    audience text not null check (audience in ('operations', 'compliance', 'customer')),
    secret text not null,
    created_at timestamptz not null,
    removed_at timestamptz
  )`,

  `create table notifications (
    id text primary key,
    subscriber_id uuid not null references subscribers (id),
    client_file_id uuid references client_files (id),
    version integer,
    delivery_id text references deliveries (id),
    type text not null,
    body text not null,
    status text not null check (status in ('pending', 'delivered', 'failed')),
    attempts integer not null default 0,
    epoch integer not null default 0,
    next_attempt_at timestamptz not null,
    created_at timestamptz not null,
    settled_at timestamptz,
    unique (subscriber_id, client_file_id, version),
    unique (subscriber_id, delivery_id)
  )`,
  "create index notifications_due on notifications (next_attempt_at, id) where status = 'pending'",
  "create index notifications_by_time on notifications (created_at desc, id desc)",
  "create index notifications_by_subscriber on notifications (subscriber_id, created_at desc, id desc)",
  "create index notifications_failed on notifications (created_at desc, id desc) where status = 'failed'",
  "create index notifications_by_file on notifications (client_file_id, version)",
  `create table notification_attempts (
    id bigint generated always as identity primary key,
    notification_id text not null references notifications (id),
    started_at timestamptz not null,
    latency_ms integer not null,
    http_status integer,
    code text,
    outcome text not null check (outcome in ('delivered', 'retry', 'failed'))
  )`,
  "create index notification_attempts_by_notification on notification_attempts (notification_id, id)",

  `create table follow_ups (
    id uuid primary key,
    client_file_id uuid not null references client_files (id),
    document_id text not null,
    verification text not null,
    attempt integer not null,
    kind text not null check (kind in ('ask', 'reminder', 'escalation')),
    due_at timestamptz not null,
    status text not null check (status in ('pending', 'done', 'cancelled')),
    epoch integer not null default 0,
    unique (client_file_id, document_id, verification, attempt, kind)
  )`,
  "create index follow_ups_due on follow_ups (due_at, id) where status = 'pending'",

  `create table status_maps (
    version integer generated always as identity primary key,
    entries jsonb not null,
    created_at timestamptz not null default now(),
    created_by text not null,
    reason text not null
  )`,
  "create table queue_pauses (queue text primary key, paused_at timestamptz not null default now(), paused_by text not null)",
  `create table audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null,
    action text not null,
    target text not null,
    reason text
  )`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
