import { classify, type Problem } from "@receiver/contracts";
import { type Dated, datedOf, extractEvent } from "@receiver/events";
import type { MasterKeys } from "@receiver/sealing";
import type { EventIds } from "../bodies/data-keys.ts";
import { keepBody } from "../bodies/keep-body.ts";
import { openBody, readDelivery, type StoredBody } from "../bodies/open-body.ts";
import { type DriftSighting, sightDrift } from "../drift/sight-drift.ts";
import type { Rules } from "../rules.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "../transaction.ts";
import { type AppliedEvent, type ApplyContext, applyEvent } from "./apply-event.ts";
import { deliveryKey, takeLocks } from "./lock-keys.ts";
import { payloadDigestOf } from "./payload-digest.ts";

export type ApplyOutcome = Applied | { kind: "already-applied" } | Quarantined | { kind: "not-found" };

/** `drift`: nothing where the delivery was read before, so that a replay counts nothing twice. */
type Applied = { kind: "applied"; dated: Dated; drift: DriftSighting[] } & AppliedEvent;
type Quarantined = { kind: "quarantined"; problems: Problem[] };

/** What is applied of a delivery's row and body. `wasRead`: it has an event already. `body`: as Danaya sent it. */
export type OpenedDelivery = { id: string; received_at: Date; wasRead: boolean; body: Buffer };

/**
 * Applies a stored delivery exactly once: one that was applied is left alone, and everything it causes is committed with
 * the row that says so. Its body is sealed under its file's key in the same transaction.
 *
 * @throws ReceiverError DATABASE_UNAVAILABLE, DATABASE_CONTENTION, MASTER_KEY_MISSING, BODY_UNREADABLE or BODY_ERASED; nothing has
 * happened then.
 */
export async function applyDelivery(
  db: LedgerDatabase,
  { masterKeys, rules }: { masterKeys: MasterKeys | null; rules: Rules },
  deliveryId: string,
  now: Date,
): Promise<ApplyOutcome> {
  return inTransaction(db, async (trx, foreseen) => {
    // Not the row's own lock: the ingress counts a repeat on that row, and must not wait for a worker.
    await takeLocks(trx, [deliveryKey(deliveryId)]);
    const delivery = await readDelivery(trx, deliveryId);
    if (!delivery) return { kind: "not-found" };
    if (delivery.status === "applied") return { kind: "already-applied" };
    if (wasReadBeforeErasure(delivery.stored)) {
      await markApplied(trx, deliveryId, now);
      return { kind: "already-applied" };
    }

    const body = await openBody(masterKeys, delivery.stored);
    const outcome = await applyBody(trx, { ...delivery, body }, { now, rules, foreseen });
    await (outcome.kind === "applied" ? markApplied(trx, deliveryId, now) : quarantine(trx, deliveryId, outcome, now));
    if (outcome.kind === "applied")
      await keepBody(trx, masterKeys, { stored: delivery.stored, plain: body, ids: outcome.ids }, now);
    return outcome;
  });
}

/** It was replayed, and erased before a worker came to it: what was read of it before stands. */
const wasReadBeforeErasure = ({ key, ids }: StoredBody): boolean => key?.sealed === null && ids !== null;

/** The delivery's event and all that follows from it. The delivery's own row is the caller's to write. */
export async function applyBody(
  trx: LedgerTransaction,
  delivery: OpenedDelivery,
  context: ApplyContext,
): Promise<(Applied & { ids: EventIds }) | Quarantined> {
  const classification = classify(delivery.body);
  if (classification.kind !== "message") return { kind: "quarantined", problems: classification.problems };
  const receivedAt = delivery.received_at.getTime();
  const event = extractEvent(classification.message, {
    eventId: delivery.id,
    payloadDigest: payloadDigestOf(delivery.body),
    receivedAt,
  });
  const dated = datedOf(event.occurredAt, receivedAt);
  const { companyId, fileUuid, fileNumber } = event;
  const applied = await applyEvent(trx, event, delivery.id, context);
  const drift = delivery.wasRead ? [] : sightDrift(delivery, classification.message.type);
  return { kind: "applied", dated, drift, ids: { companyId, fileUuid, fileNumber }, ...applied };
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
  now: Date,
): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set({ status: "quarantined", settled_at: now, problems: JSON.stringify(problems) })
    .where("id", "=", deliveryId)
    .execute();
}
