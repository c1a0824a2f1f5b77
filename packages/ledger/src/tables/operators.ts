import type { Generated } from "kysely";
import type { Json, LinkColumns } from "./column-types.ts";

export interface QueuePausesTable {
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
export interface OperatorSessionsTable {
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
