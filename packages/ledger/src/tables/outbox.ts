import type { Generated } from "kysely";

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
export interface NotificationsTable {
  id: string;
  subscriber_id: string;
  client_file_id: string | null;
  version: number | null;
  delivery_id: string | null;
  type: string;
  /** Of the subscriber when it was written, which decides what the body may say. Null where an older version wrote it. */
  audience: SubscribersTable["audience"] | null;
  body: string;
  status: "pending" | "delivered" | "failed";
  attempts: Generated<number>;
  epoch: Generated<number>;
  next_attempt_at: Date;
  created_at: Date;
  settled_at: Date | null;
}

export interface NotificationAttemptsTable {
  id: Generated<string>;
  notification_id: string;
  started_at: Date;
  latency_ms: number;
  http_status: number | null;
  code: string | null;
  outcome: "delivered" | "retry" | "failed";
}
