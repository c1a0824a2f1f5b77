import type { FollowUp } from "@receiver/contracts";
import { eventsOf } from "../apply/events.ts";
import type { LedgerDatabase } from "../transaction.ts";
import type { ClientFileSummary } from "./client-files.ts";

export type Transition = {
  version: number;
  from: string;
  to: string;
  occurredAt: string;
  recordedAt: string;
  /** The delivery, or the registration, that caused it. */
  cause: string;
  reversal: boolean;
};

export type FileFollowUp = {
  id: string;
  documentId: string;
  verification: string;
  /** The file's own: what it carried over is not in it. */
  attempt: number;
  kind: FollowUp;
  dueAt: string;
  status: string;
};

export type FileDocumentNotice = {
  documentId: string;
  expiresOn: string;
  /** How many days are left when it is told. */
  threshold: number;
  dueAt: string;
  status: string;
};

export type FileDelivery = {
  id: string;
  messageType: string | null;
  occurredAt: string;
  receivedAt: string;
  sightings: number;
};

export type FileNotification = {
  id: string;
  subscriberId: string;
  type: string;
  version: number | null;
  status: string;
  attempts: number;
  createdAt: string;
};

/** In the order in which it was learned. */
export async function historyOf(db: LedgerDatabase, fileId: string): Promise<Transition[]> {
  const rows = await db
    .selectFrom("transitions")
    .selectAll()
    .where("client_file_id", "=", fileId)
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    version: row.version,
    from: row.from_state,
    to: row.to_state,
    occurredAt: row.occurred_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    cause: row.cause,
    reversal: row.reversal,
  }));
}

export async function followUpsOf(db: LedgerDatabase, fileId: string): Promise<FileFollowUp[]> {
  const rows = await db
    .selectFrom("follow_ups")
    .selectAll()
    .where("client_file_id", "=", fileId)
    .orderBy("due_at")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    documentId: row.document_id,
    verification: row.verification,
    attempt: row.attempt,
    kind: row.kind,
    dueAt: row.due_at.toISOString(),
    status: row.status,
  }));
}

/** Those that a document has ever asked for, in the order of their days. */
export async function noticesOf(
  db: LedgerDatabase,
  { companyId, fileNumber }: Pick<ClientFileSummary, "companyId" | "fileNumber">,
): Promise<FileDocumentNotice[]> {
  if (fileNumber === null) return [];
  const rows = await db
    .selectFrom("document_notices")
    .selectAll()
    .where("company_id", "=", companyId)
    .where("file_number", "=", fileNumber)
    .orderBy("due_at")
    .orderBy("document_id")
    .execute();
  return rows.map((row) => ({
    documentId: row.document_id,
    expiresOn: row.expires_on,
    threshold: row.threshold,
    dueAt: row.due_at.toISOString(),
    status: row.status,
  }));
}

/** In the order of their events. */
export async function deliveriesOf(
  db: LedgerDatabase,
  file: Pick<ClientFileSummary, "companyId" | "fileUuid" | "fileNumber">,
): Promise<FileDelivery[]> {
  const rows = await db
    .selectFrom("events")
    .innerJoin("deliveries as d", "d.id", "events.delivery_id")
    .select(["d.id", "d.message_type", "events.occurred_at", "d.received_at", "d.sightings"])
    .where(eventsOf(file))
    .orderBy("events.occurred_at")
    .orderBy("d.id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    messageType: row.message_type,
    occurredAt: row.occurred_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    sightings: row.sightings,
  }));
}

export async function notificationsOf(db: LedgerDatabase, fileId: string): Promise<FileNotification[]> {
  const rows = await db
    .selectFrom("notifications")
    .select(["id", "subscriber_id", "type", "version", "status", "attempts", "created_at"])
    .where("client_file_id", "=", fileId)
    .orderBy("version")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    subscriberId: row.subscriber_id,
    type: row.type,
    version: row.version,
    status: row.status,
    attempts: row.attempts,
    createdAt: row.created_at.toISOString(),
  }));
}
