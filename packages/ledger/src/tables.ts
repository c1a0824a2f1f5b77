import type { ClientFileView } from "@receiver/client-file";
import type { Problem } from "@receiver/contracts";
import type { ColumnType, Generated } from "kysely";

// Processes of two versions read and write these rows while one replaces the other. So a table's form only ever grows: a new
// column is nullable or has a default, since an older process doesn't write it, and nothing is renamed, narrowed or given
// another meaning. Readers ignore columns and JSON fields that they don't know. A new value of a word (a status, a kind, a source)
// is read by one release before another writes it. Something may go when no process that knows it runs any more.

/** A jsonb column: read as a value, written as its JSON text. */
type Json<T> = ColumnType<T, string, string>;

/** Written by the database alone: docs/audit.md. Null in a row that was slipped in beside its triggers. */
interface LinkColumns {
  position: ColumnType<string | null, never, never>;
  previous_hash: ColumnType<Buffer | null, never, never>;
  hash: ColumnType<Buffer | null, never, never>;
}

/**
 * One row per distinct body.
 *
 * States: `pending` (to be applied) → `applied` | `failed` (its attempts are used up, redrive sends it again);
 * `quarantined` (valid JSON that can't be applied) → `pending` once a contract accepts it.
 */
export interface DeliveriesTable {
  id: string;
  company_id: string | null;
  message_type: string | null;
  disposition: "accepted" | "quarantined";
  status: DeliveryStatus;
  received_at: Date;
  last_seen_at: Date;
  sightings: Generated<number>;
  epoch: Generated<number>;
  attempts: Generated<number>;
  problems: Json<Problem[]>;
  error_code: string | null;
  error_frames: string | null;
  settled_at: Date | null;
  quarantine_told: Generated<boolean>;
}

export type DeliveryStatus = "pending" | "applied" | "failed" | "quarantined";

interface DeliveryBodiesTable {
  delivery_id: string;
  /** Plain bytes or an envelope, which says by its first bytes what opens it. Empty when it came after its key was destroyed. */
  body: Buffer;
  /** Null: plain, or sealed to the intake. */
  data_key_id: Generated<string | null>;
}

/**
 * One key per owner: the id that an event belongs to (its number where it bears one, its uuid otherwise), or a delivery that
 * belongs to no file. Not the row of the file: rows merge and part, and the id of an event is always the same, so that a file's
 * bodies are exactly those under the keys of the ids it holds.
 *
 * States: sealed under a master key → destroyed, for ever. A destroyed one keeps its row, also where there was none before: it
 * says that what comes later about this id is not to be kept either.
 */
interface DataKeysTable {
  id: string;
  company_id: string | null;
  home_space: "uuid" | "number" | null;
  home_id: string | null;
  delivery_id: string | null;
  sealed_key: Buffer | null;
  master_version: string | null;
  created_at: Date;
  destroyed_at: Date | null;
  /** Null also where a key was destroyed before this was recorded. */
  destroyed_by: Generated<string | null>;
}

interface DeliverySightingsTable {
  delivery_id: string;
  seen_at: Date;
}

/** The facts of a delivery that are not personal. They outlive the erasure of its body. */
interface EventsTable {
  id: string;
  delivery_id: string | null;
  company_id: string;
  source: string;
  occurred_at: Date;
  file_uuid: string | null;
  file_number: string | null;
  external_id: string | null;
  file_created_at: Date | null;
  /** Of the extraction that read the facts. A newer one replaces them, an older one leaves them as they are. */
  version: number;
  facts: Json<unknown>;
  recorded_at: Generated<Date>;
}

/**
 * One row per id that ever opened a file (`home`). A row holds one uuid and one number at most.
 * A row that was merged holds neither and names the row that holds them.
 */
export interface ClientFilesTable {
  id: string;
  company_id: string;
  home_space: "uuid" | "number";
  home_id: string;
  file_uuid: string | null;
  file_number: string | null;
  merged_into: string | null;
  links_contradicted: Generated<boolean>;
  escalated_by_clock: Generated<boolean>;
  external_id: string | null;
  state: string;
  flags: string[];
  version: Generated<number>;
  opened_at: Date;
  last_event_at: Date;
  view: Json<ClientFileView | null>;
  /** Folded from the events as a customer may know them. */
  customer_view: Json<ClientFileView | null>;
}

/**
 * What the bank says of a file, kept by the ids that the file holds, not by its row: where two files merge, what was said of
 * either holds for both, and where they part again each keeps it.
 */
interface FileRetentionTable {
  company_id: string;
  space: "uuid" | "number";
  id: string;
  /** Set together: a legal hold. */
  held_at: Date | null;
  held_by: string | null;
  hold_reason: string | null;
  relationship_closed_at: Date | null;
}

/** Append-only and chained by hash, per file: what was learned, in the order in which it was learned. A new column is nullable without a default. */
interface TransitionsTable extends LinkColumns {
  id: Generated<string>;
  client_file_id: string;
  version: number;
  from_state: string;
  to_state: string;
  occurred_at: Date;
  recorded_at: Date;
  cause: string;
  reversal: boolean;
}

export interface SubscribersTable {
  id: string;
  name: string;
  kind: "http";
  url: string;
  types: string[];
  companies: string[] | null;
  audience: "operations" | "compliance" | "customer";
  secret: string;
  created_at: Date;
  removed_at: Date | null;
}

/** The outbox: one row per subscriber. States: `pending` → `delivered` | `failed`; redelivery makes it `pending` again. */
interface NotificationsTable {
  id: string;
  subscriber_id: string;
  client_file_id: string | null;
  version: number | null;
  delivery_id: string | null;
  type: string;
  body: string;
  status: "pending" | "delivered" | "failed";
  attempts: Generated<number>;
  epoch: Generated<number>;
  next_attempt_at: Date;
  created_at: Date;
  settled_at: Date | null;
}

interface NotificationAttemptsTable {
  id: Generated<string>;
  notification_id: string;
  started_at: Date;
  latency_ms: number;
  http_status: number | null;
  code: string | null;
  outcome: "delivered" | "retry" | "failed";
}

/** Timers of a retry counter. States: `pending` → `done` | `cancelled`. */
export interface FollowUpsTable {
  id: string;
  client_file_id: string;
  document_id: string;
  verification: string;
  attempt: number;
  kind: "ask" | "reminder" | "escalation";
  due_at: Date;
  status: "pending" | "done" | "cancelled";
  epoch: Generated<number>;
}

interface StatusMapsTable {
  version: Generated<number>;
  entries: Json<Record<string, string>>;
  created_at: Generated<Date>;
  created_by: string;
  reason: string;
}

interface QueuePausesTable {
  queue: string;
  paused_at: Generated<Date>;
  paused_by: string;
}

/** Append-only and chained by hash, in one chain. A new column is nullable without a default. */
export interface AuditLogTable extends LinkColumns {
  id: Generated<string>;
  at: Generated<Date>;
  actor: string;
  action: string;
  target: string;
  reason: string | null;
  /** What was changed, where the target doesn't say it. Nothing personal, no secret. */
  detail: Json<AuditDetail | null> | null;
}

export type AuditDetail = Readonly<Record<string, unknown>>;

/** Of the explorer. Only the browser has the token, and with it the key of `credential_mac`. */
interface OperatorSessionsTable {
  token_digest: string;
  user_name: string;
  /** Of the password's hash as it stood in OPS_USERS: another password ends the session. */
  credential_mac: string;
  began_at: Date;
  last_seen_at: Date;
  ends_at: Date;
}

/** The bank's own systems. States: in force → expired | revoked; none comes back. */
export interface MachineCredentialsTable {
  id: string;
  name: string;
  company_ids: string[];
  scopes: string[];
  secret_digest: string;
  created_at: Date;
  created_by: string;
  last_used_at: Date | null;
  expires_at: Date;
  revoked_at: Date | null;
}

export interface LedgerTables {
  deliveries: DeliveriesTable;
  delivery_bodies: DeliveryBodiesTable;
  data_keys: DataKeysTable;
  delivery_sightings: DeliverySightingsTable;
  events: EventsTable;
  client_files: ClientFilesTable;
  file_retention: FileRetentionTable;
  transitions: TransitionsTable;
  subscribers: SubscribersTable;
  notifications: NotificationsTable;
  notification_attempts: NotificationAttemptsTable;
  follow_ups: FollowUpsTable;
  status_maps: StatusMapsTable;
  queue_pauses: QueuePausesTable;
  audit_log: AuditLogTable;
  operator_sessions: OperatorSessionsTable;
  machine_credentials: MachineCredentialsTable;
}
