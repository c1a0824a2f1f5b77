import type { LedgerTables } from "../tables.ts";

/** Groups without a login. Whoever connects is a member of one. The schema's owner, who migrates, is none of them. */
export const roles = ["receiver_ingress", "receiver_worker", "receiver_notifier", "receiver_ops"] as const;
export type Role = (typeof roles)[number];

type Columns<T> = "all" | readonly (keyof T & string)[];
/** What a role may do with a table; what is not named it may not. */
export type Grant<T = Record<string, unknown>> = {
  select?: Columns<T>;
  insert?: Columns<T>;
  update?: Columns<T>;
  delete?: "all";
};
type Grants<T> = Partial<Record<Role, Grant<T>>>;

const readOnly = { select: "all" } as const;
const appendOnly = { select: "all", insert: "all" } as const;
/** Retention. Postgres lets nobody lock a row who may change nothing of it. */
const forgetting = { select: "all", update: ["seen_at"], delete: "all" } as const;
const changing = { select: "all", insert: "all", update: "all" } as const;

/**
 * Who may do what. A table without a row does not compile here, and one that a migration makes without a type fails a test.
 *
 * - receiver_ingress: the public process. Puts deliveries in, and sees of them what it needs to know a duplicate. No body.
 * - receiver_worker: status-, retry- and reconciliation-worker. Applies and sweeps. No subscriber's URL or secret.
 * - receiver_notifier: notification-worker, the one that talks to the outside. Sends what is in the outbox. No body, and of
 *   files and deliveries only whose they are: whether the subscriber is still told of that company.
 * - receiver_ops: operators, and the commands that bear a name and a reason.
 */
const grants: { [T in keyof LedgerTables]: Grants<LedgerTables[T]> } = {
  deliveries: {
    receiver_ingress: {
      select: [
        ...["id", "status", "epoch", "received_at", "last_seen_at", "sightings", "attempts", "settled_at"],
        ...["disposition", "message_type", "company_id", "problems", "first_receipt"],
      ] as (keyof LedgerTables["deliveries"])[],
      insert: "all",
      // Of a body that is seen again.
      update: [
        ...["status", "epoch", "last_seen_at", "sightings", "attempts", "settled_at"],
        ...["message_type", "company_id", "problems"],
      ] as (keyof LedgerTables["deliveries"])[],
    },
    receiver_worker: { select: "all", update: "all" },
    receiver_notifier: { select: ["id", "company_id"] },
    receiver_ops: { select: "all", update: "all" },
  },
  delivery_bodies: {
    receiver_ingress: { select: ["delivery_id"], insert: "all" },
    // Wrapped under a data key when it is applied, or when keys are rotated.
    receiver_worker: { select: "all", update: ["body", "data_key_id"] },
    receiver_ops: { select: "all", update: ["body", "data_key_id"] },
  },
  data_keys: {
    // Destroyed by emptying it: the row is what keeps a person erased.
    receiver_worker: changing,
    receiver_ops: changing,
  },
  delivery_sightings: {
    receiver_ingress: appendOnly,
    receiver_worker: forgetting,
    receiver_ops: forgetting,
  },
  events: { receiver_worker: changing, receiver_ops: changing },
  file_retention: { receiver_worker: readOnly, receiver_ops: changing },
  client_files: {
    receiver_worker: changing,
    receiver_notifier: { select: ["id", "company_id"] },
    receiver_ops: changing,
  },
  transitions: { receiver_worker: appendOnly, receiver_ops: appendOnly },
  subscribers: {
    receiver_worker: { select: ["id", "name", "types", "companies", "audience", "removed_at"] },
    receiver_notifier: { select: ["id", "url", "secret", "types", "companies", "audience", "removed_at"] },
    receiver_ops: changing,
  },
  notifications: {
    receiver_worker: changing,
    receiver_notifier: { select: "all", update: ["status", "attempts", "next_attempt_at", "settled_at"] },
    receiver_ops: changing,
  },
  notification_attempts: {
    receiver_notifier: appendOnly,
    receiver_worker: { select: "all", delete: "all" },
    receiver_ops: { select: "all", delete: "all" },
  },
  follow_ups: { receiver_worker: changing, receiver_ops: changing },
  document_notices: { receiver_worker: changing, receiver_ops: changing },
  look_ups: { receiver_worker: changing, receiver_ops: changing },
  danaya_gate: { receiver_worker: changing },
  status_maps: { receiver_worker: appendOnly, receiver_ops: appendOnly },
  queue_pauses: {
    receiver_worker: readOnly,
    receiver_ops: { select: "all", insert: "all", update: "all", delete: "all" },
  },
  audit_log: {
    receiver_worker: { insert: "all" }, // a decision that was taken back
    receiver_ops: appendOnly,
  },
  contract_drift: { receiver_worker: changing, receiver_ops: readOnly },
  operator_sessions: { receiver_ops: { select: "all", insert: "all", update: ["last_seen_at"], delete: "all" } },
  machine_credentials: { receiver_ops: { select: "all", insert: "all", update: ["last_used_at", "revoked_at"] } },
};

/** Of the migrator's own table: every process asks whether the schema is its own. */
const migrations: Grants<{ name: string }> = Object.fromEntries(roles.map((role) => [role, { select: ["name"] }]));

/**
 * Table by table, those included that no process writes by itself: the migrator's, whose lock is the owner's, and the heads of
 * the chains, which triggers write by the owner's rights.
 */
export const allGrants: Record<string, Grants<never>> = {
  ...grants,
  chain_heads: { receiver_ops: readOnly },
  kysely_migration: migrations,
  kysely_migration_lock: {},
};
