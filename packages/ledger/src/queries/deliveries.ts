import type { Problem } from "@receiver/contracts";
import { type Dated, datedOf } from "@receiver/events";
import type { MasterKeys } from "@receiver/sealing";
import { type Expression, type ExpressionBuilder, type Selectable, type SqlBool, sql } from "kysely";
import { writeAudit } from "../audit.ts";
import { openBody, readDelivery } from "../bodies/open-body.ts";
import type { DeliveriesTable, DeliveryStatus } from "../tables/deliveries.ts";
import type { LedgerTables } from "../tables.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import { decodeCursor, type Page, pageOf } from "./cursor.ts";
import { given } from "./given.ts";

export type DeliverySummary = {
  id: string;
  companyId: string | null;
  messageType: string | null;
  disposition: "accepted" | "quarantined";
  status: DeliveryStatus;
  receivedAt: string;
  lastSeenAt: string;
  sightings: number;
  attempts: number;
  epoch: number;
  errorCode: string | null;
  problems: Problem[];
  settledAt: string | null;
  /** Its own date against its receipt. Null while it is not applied. */
  dated: Dated | null;
};

export type DeliveryDetails = DeliverySummary & {
  /** As it is stored: an envelope adds less than a hundred bytes. Null when it was erased. */
  sizeBytes: number | null;
  erased: boolean;
  errorFrames: string[];
  seenAgainAt: string[];
};

export type DeliveryConditions = {
  disposition?: "accepted" | "quarantined" | undefined;
  messageType?: string | undefined;
  status?: DeliveryStatus | undefined;
  companyId?: string | undefined;
  /** Why it failed; a delivery that was sent again bears it until it is applied. */
  errorCode?: string | undefined;
  /** The beginning of a delivery id. */
  q?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
};
export type DeliveryFilter = DeliveryConditions & { limit: number; cursor?: string | undefined };

export async function listDeliveries(db: LedgerDatabase, filter: DeliveryFilter): Promise<Page<DeliverySummary>> {
  const after = filter.cursor === undefined ? null : decodeCursor(filter.cursor);
  const rows = await db
    .selectFrom("deliveries")
    .selectAll()
    .select(occurredAt)
    .where((eb) => eb.and(deliveryConditions(eb, filter)))
    .$if(after !== null, (query) => query.where(sql<boolean>`(received_at, id) < (${after?.at}, ${after?.id})`))
    .orderBy("received_at", "desc")
    .orderBy("id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit, (row) => ({ at: row.received_at, id: row.id }), summaryOf);
}

/** How many match. Reads all of them: for an operator who is about to touch them, not for a page. */
export async function countDeliveries(db: LedgerDatabase, filter: DeliveryConditions): Promise<number> {
  const { count } = await db
    .selectFrom("deliveries")
    .select(sql<string>`count(*)`.as("count"))
    .where((eb) => eb.and(deliveryConditions(eb, filter)))
    .executeTakeFirstOrThrow();
  return Number(count);
}

export function deliveryConditions(eb: ExpressionBuilder<LedgerTables, "deliveries">, filter: DeliveryConditions) {
  return [
    ...given(filter.disposition, (disposition) => eb("disposition", "=", disposition)),
    ...given(filter.messageType, (messageType) => eb("message_type", "=", messageType)),
    ...given(filter.status, (status) => eb("status", "=", status)),
    ...given(filter.companyId, (companyId) => eb("company_id", "=", companyId)),
    ...given(filter.errorCode, (errorCode) => eb("error_code", "=", errorCode)),
    ...given(filter.q, (q) => beginsWith(eb, q)),
    ...given(filter.from, (from) => eb("received_at", ">=", from)),
    ...given(filter.to, (to) => eb("received_at", "<", to)),
  ];
}

/** The range is what an index serves; hexadecimal digits sort before "g" in every collation. */
function beginsWith(eb: ExpressionBuilder<LedgerTables, "deliveries">, q: string): Expression<SqlBool> {
  return eb.and([eb("id", ">=", q), eb("id", "<", `${q}g`), eb.fn<SqlBool>("starts_with", ["id", eb.val(q)])]);
}

export async function getDelivery(db: LedgerDatabase, id: string): Promise<DeliveryDetails | null> {
  const row = await db.selectFrom("deliveries").selectAll().select(occurredAt).where("id", "=", id).executeTakeFirst();
  if (!row) return null;
  const size = await db
    .selectFrom("delivery_bodies")
    .select(sql<number>`octet_length(body)`.as("bytes"))
    .where("delivery_id", "=", id)
    .executeTakeFirst();
  const sightings = await db
    .selectFrom("delivery_sightings")
    .select("seen_at")
    .where("delivery_id", "=", id)
    .orderBy("seen_at")
    .execute();
  return {
    ...summaryOf(row),
    sizeBytes: size?.bytes || null,
    erased: size?.bytes === 0,
    errorFrames: row.error_frames?.split("\n") ?? [],
    seenAgainAt: sightings.map((sighting) => sighting.seen_at.toISOString()),
  };
}

/** The raw bytes, personal data and all. Who asked and why is written in the same transaction. */
export async function revealBody(
  db: LedgerDatabase,
  masterKeys: MasterKeys | null,
  id: string,
  actor: string,
  reason: string,
): Promise<Buffer | null> {
  return inTransaction(db, async (trx) => {
    const delivery = await readDelivery(trx, id);
    if (!delivery) return null;
    await writeAudit(trx, { actor, action: "delivery.reveal", target: id, reason });
    return openBody(masterKeys, delivery.stored);
  });
}

/** Of its event, which bears its id. */
const occurredAt = (eb: ExpressionBuilder<LedgerTables, "deliveries">) =>
  eb.selectFrom("events").select("events.occurred_at").whereRef("events.id", "=", "deliveries.id").as("occurred_at");

function summaryOf(row: Selectable<DeliveriesTable> & { occurred_at: Date | null }): DeliverySummary {
  const happenedAt = row.status === "applied" ? row.occurred_at : null;
  return {
    id: row.id,
    companyId: row.company_id,
    messageType: row.message_type,
    disposition: row.disposition,
    status: row.status,
    receivedAt: row.received_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    sightings: row.sightings,
    attempts: row.attempts,
    epoch: row.epoch,
    errorCode: row.error_code,
    problems: row.problems,
    settledAt: row.settled_at?.toISOString() ?? null,
    dated: happenedAt && datedOf(happenedAt.getTime(), row.received_at.getTime()),
  };
}
