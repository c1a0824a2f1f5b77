import { type Classification, classify, type Message, type Problem } from "@receiver/contracts";
import { deliveryIdOf, type Inbox } from "@receiver/ledger/inbox";
import type { WakeUp } from "@receiver/queues";
import { type Logger, ReceiverError, within } from "@receiver/runtime";
import { type Receipt, unavailable } from "./receipt.ts";

export type ReceiveDelivery = (body: Uint8Array, withinMs: number) => Promise<Receipt>;

/** What was stored: for the log and the metrics. `type` is null where the body has none of ours. */
export type Sighting = { type: Message["type"] | null; disposition: "accepted" | "duplicate" | "quarantined" };

export type ReceiverDeps = {
  inbox: Pick<Inbox, "receive">;
  /** null: those of any company. */
  allowedCompanyIds: ReadonlySet<string> | null;
  wake(wakeUp: WakeUp): void;
  seen(sighting: Sighting): void;
  notStored(err: unknown): void;
  logger: Logger;
};

type Usable = Exclude<Classification, { kind: "not-json" }>;
type Incoming = Parameters<Inbox["receive"]>[0];

/**
 * Classify, store, wake the worker. What is answered as stored is on disk. A store that is late is answered `unavailable`, and
 * goes on: what it commits all the same is published, and its copy will be a duplicate.
 */
export function createReceiver({
  inbox,
  allowedCompanyIds,
  wake,
  seen,
  notStored,
  logger,
}: ReceiverDeps): ReceiveDelivery {
  const store = async (delivery: Incoming, message: Message | null) => {
    const startedAt = performance.now();
    const { disposition, publish } = await inbox.receive(delivery);
    if (publish !== null && message !== null) wake(wakeUpOf(delivery, message, publish.epoch));
    seen({ type: message?.type ?? null, disposition });
    logger.info({
      event: "delivery-received",
      deliveryId: delivery.id,
      messageType: delivery.type,
      disposition,
      companyId: delivery.companyId,
      bytes: delivery.body.byteLength,
      durationMs: Math.round(performance.now() - startedAt),
    });
    return disposition;
  };

  return async (body, withinMs) => {
    const classification = classify(body);
    if (classification.kind === "not-json") return { kind: "not-json", problems: classification.problems };
    const delivery = deliveryOf(body, classification, allowedCompanyIds);
    const message = classification.kind === "message" ? classification.message : null;
    try {
      const kind = await within(
        withinMs,
        () => store(delivery, message),
        () => new ReceiverError("DATABASE_UNAVAILABLE"),
      );
      return { kind, deliveryId: delivery.id, problems: delivery.problems };
    } catch (err) {
      notStored(err);
      return unavailable;
    }
  };
}

function deliveryOf(body: Uint8Array, found: Usable, allowed: ReadonlySet<string> | null): Incoming {
  const isMessage = found.kind === "message";
  const { type, companyId } = isMessage ? found.message : found;
  const problems = isMessage ? foreignCompany(found.message, allowed) : found.problems;
  return { id: deliveryIdOf(body), body, type, companyId, receivedAt: new Date(), problems };
}

/** The path is where each form bears its account. */
function foreignCompany({ type, companyId }: Message, allowed: ReadonlySet<string> | null): Problem[] {
  if (allowed === null || allowed.has(companyId)) return [];
  const path = type === "FLAT_CLIENT_FILE" ? "company.id" : "companyId";
  return [{ path, message: "must be one of ALLOWED_COMPANY_IDS: add the company there, then replay the delivery" }];
}

function wakeUpOf({ id, receivedAt }: Incoming, { type, companyId }: Message, epoch: number): WakeUp {
  const data = { deliveryId: id, messageType: type, companyId, receivedAt: receivedAt.toISOString() };
  return { queue: type, id, epoch, data, dueAt: null };
}
