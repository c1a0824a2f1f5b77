import type {
  ClientFilesTable,
  DocumentNoticesTable,
  FileRetentionTable,
  FollowUpsTable,
  StatusMapsTable,
  TransitionsTable,
} from "./tables/client-files.ts";
import type { ContractDriftTable } from "./tables/contract-drift.ts";
import type {
  DataKeysTable,
  DeliveriesTable,
  DeliveryBodiesTable,
  DeliverySightingsTable,
  EventsTable,
} from "./tables/deliveries.ts";
import type { DanayaGateTable, LookUpsTable } from "./tables/look-ups.ts";
import type {
  AuditLogTable,
  MachineCredentialsTable,
  OperatorSessionsTable,
  QueuePausesTable,
} from "./tables/operators.ts";
import type { NotificationAttemptsTable, NotificationsTable, SubscribersTable } from "./tables/outbox.ts";

// Processes of two versions read and write these rows while one replaces the other. So a table's form only ever grows: a new
// column is nullable or has a default, since an older process doesn't write it, and nothing is renamed, narrowed or given
// another meaning. Readers ignore columns and JSON fields that they don't know. A new value of a word (a status, a kind, a source)
// is read by one release before another writes it. Something may go when no process that knows it runs any more.

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
  document_notices: DocumentNoticesTable;
  look_ups: LookUpsTable;
  danaya_gate: DanayaGateTable;
  status_maps: StatusMapsTable;
  queue_pauses: QueuePausesTable;
  audit_log: AuditLogTable;
  operator_sessions: OperatorSessionsTable;
  machine_credentials: MachineCredentialsTable;
  contract_drift: ContractDriftTable;
}
