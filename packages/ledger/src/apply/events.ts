import { isKnownSource } from "@receiver/client-file";
import { type ClientFileEvent, EVENT_VERSION, type EventSource } from "@receiver/events";
import { ReceiverError } from "@receiver/runtime";
import { type Expression, expressionBuilder, type SqlBool, sql } from "kysely";
import type { LedgerTables } from "../tables.ts";
import type { LedgerDatabase, LedgerTransaction } from "../transaction.ts";

type Facts = Pick<
  ClientFileEvent,
  "webhookId" | "payloadDigest" | "futureDated" | "status" | "score" | "errorCodes" | "documents" | "verifications"
> &
  // Absent where an earlier version wrote them: there were no acts of operators.
  Partial<Pick<ClientFileEvent, "decision" | "withdraws">>;

/** An event that is there already stays as it is, unless this version of the extraction reads more: then its facts are read again. @returns whether it is new. */
export async function insertEvent(
  trx: LedgerTransaction,
  event: ClientFileEvent,
  deliveryId: string | null,
): Promise<boolean> {
  const { webhookId, payloadDigest, futureDated, status, score, errorCodes, documents, verifications } = event;
  const said: Facts = { webhookId, payloadDigest, futureDated, status, score, errorCodes, documents, verifications };
  const { decision, withdraws } = event;
  const facts: Facts = { ...said, ...(decision && { decision }), ...(withdraws && { withdraws }) };
  const written = await trx
    .insertInto("events")
    .values({
      id: event.eventId,
      delivery_id: deliveryId,
      company_id: event.companyId,
      source: event.source,
      occurred_at: new Date(event.occurredAt),
      file_uuid: event.fileUuid,
      file_number: event.fileNumber,
      external_id: event.externalId,
      file_created_at: event.fileCreatedAt === null ? null : new Date(event.fileCreatedAt),
      version: EVENT_VERSION,
      facts: JSON.stringify(facts),
    })
    .onConflict((conflict) =>
      conflict
        .column("id")
        .doUpdateSet((eb) => ({ version: eb.ref("excluded.version"), facts: eb.ref("excluded.facts") }))
        .whereRef("events.version", "<", "excluded.version"),
    )
    .returning(sql<boolean>`xmax = 0`.as("isNew")) // a row that was updated bears who updated it
    .executeTakeFirst();
  return written?.isNew ?? false;
}

const nobodysAct = { decision: null, withdraws: null };

type FileIds = { companyId: string; fileUuid: string | null; fileNumber: string | null };

/** Which rows of `events` are a file's: those that bear its number, and those that bear its uuid and no number. */
export function eventsOf({ companyId, fileUuid, fileNumber }: FileIds): Expression<SqlBool> {
  const eb = expressionBuilder<LedgerTables, "events">();
  return eb.and([
    eb("events.company_id", "=", companyId),
    eb.or([
      eb("events.file_number", "=", fileNumber),
      eb.and([eb("events.file_uuid", "=", fileUuid), eb("events.file_number", "is", null)]),
    ]),
  ]);
}

/** Those that bear one of these ids, beside another one or not. Empty lists bear nothing. */
export function eventsBearing({ companyId, uuids, numbers }: Bearing): Expression<SqlBool> {
  const eb = expressionBuilder<LedgerTables, "events">();
  const borne = [
    ...(uuids.length > 0 ? [eb("events.file_uuid", "in", uuids)] : []),
    ...(numbers.length > 0 ? [eb("events.file_number", "in", numbers)] : []),
  ];
  return eb.and([eb("events.company_id", "=", companyId), eb.or(borne)]);
}

export type Bearing = { companyId: string; uuids: readonly string[]; numbers: readonly string[] };

/** In no particular order: the fold has its own. @throws ReceiverError EVENT_FROM_NEWER_VERSION */
export const loadEvents = (db: LedgerDatabase, file: FileIds): Promise<ClientFileEvent[]> =>
  readEvents(db, eventsOf(file));

export async function readEvents(db: LedgerDatabase, condition: Expression<SqlBool>): Promise<ClientFileEvent[]> {
  const rows = await db.selectFrom("events").selectAll().where(condition).execute();
  return rows.map((row) => ({
    ...nobodysAct,
    ...(row.facts as Facts),
    eventId: row.id,
    source: knownSource(row.source),
    companyId: row.company_id,
    occurredAt: row.occurred_at.getTime(),
    fileUuid: row.file_uuid,
    fileNumber: row.file_number,
    externalId: row.external_id,
    fileCreatedAt: row.file_created_at?.getTime() ?? null,
  }));
}

/** How long whoever meets an event of a newer version waits for a process that knows it: deploys take minutes. */
const NEWER_RETRY_MS = 30_000;

function knownSource(source: string): EventSource {
  if (isKnownSource(source)) return source;
  throw new ReceiverError("EVENT_FROM_NEWER_VERSION", { retryInMs: NEWER_RETRY_MS });
}
