import { type Dated, datedOf, extractEvent } from "@receiver/client-file";
import { classify, type Problem } from "@receiver/contracts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "../transaction.ts";
import { type AppliedEvent, type ApplyContext, applyEvent } from "./apply-event.ts";
import { takeLocks } from "./lock-keys.ts";
import { payloadDigestOf } from "./payload-digest.ts";

export type ApplyOutcome =
  | ({ kind: "applied"; dated: Dated } & AppliedEvent)
  | { kind: "already-applied" }
  | { kind: "quarantined"; problems: Problem[] }
  | { kind: "not-found" };

/** What is applied of a delivery's row and body. */
export type StoredDelivery = { id: string; received_at: Date; body: Buffer };

/**
 * Applies a stored delivery exactly once: one that was applied is left alone, and everything it causes is committed with
 * the row that says so.
 *
 * @throws ReceiverError DATABASE_UNAVAILABLE or DATABASE_CONTENTION; nothing has happened then.
 */
export async function applyDelivery(db: LedgerDatabase, deliveryId: string, now: Date): Promise<ApplyOutcome> {
  return inTransaction(db, async (trx, foreseen) => {
    // Not the row's own lock: the ingress counts a repeat on that row, and must not wait for a worker.
    await takeLocks(trx, [JSON.stringify(["delivery", deliveryId])]);
    const delivery = await readDelivery(trx, deliveryId);
    if (!delivery) return { kind: "not-found" };
    if (delivery.status === "applied") return { kind: "already-applied" };

    const outcome = await applyBody(trx, delivery, { now, foreseen });
    await (outcome.kind === "applied" ? markApplied(trx, deliveryId, now) : quarantine(trx, deliveryId, outcome));
    return outcome;
  });
}

/** The delivery's event and all that follows from it. The delivery's own row is the caller's to write. */
export async function applyBody(
  trx: LedgerTransaction,
  delivery: StoredDelivery,
  context: ApplyContext,
): Promise<Extract<ApplyOutcome, { kind: "applied" | "quarantined" }>> {
  const classification = classify(delivery.body);
  if (classification.kind !== "message") return { kind: "quarantined", problems: classification.problems };
  const receivedAt = delivery.received_at.getTime();
  const event = extractEvent(classification.message, {
    eventId: delivery.id,
    payloadDigest: payloadDigestOf(delivery.body),
    receivedAt,
  });
  const dated = datedOf(event.occurredAt, receivedAt);
  return { kind: "applied", dated, ...(await applyEvent(trx, event, delivery.id, context)) };
}

export async function readDelivery(db: LedgerDatabase, deliveryId: string) {
  return db
    .selectFrom("deliveries")
    .innerJoin("delivery_bodies", "delivery_bodies.delivery_id", "deliveries.id")
    .select(["deliveries.id", "deliveries.status", "deliveries.received_at", "delivery_bodies.body"])
    .where("deliveries.id", "=", deliveryId)
    .executeTakeFirst();
}

async function markApplied(trx: LedgerTransaction, deliveryId: string, now: Date): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set({ status: "applied", settled_at: now, error_code: null, error_frames: null, problems: "[]" })
    .where("id", "=", deliveryId)
    .execute();
}

/** The contract that reads it now is narrower than the one that let it in. */
async function quarantine(
  trx: LedgerTransaction,
  deliveryId: string,
  { problems }: { problems: Problem[] },
): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set({ status: "quarantined", problems: JSON.stringify(problems) })
    .where("id", "=", deliveryId)
    .execute();
}
