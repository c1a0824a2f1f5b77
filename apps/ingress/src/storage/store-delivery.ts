import type { Message } from "@receiver/contracts";
import type { Inbox, Receipt } from "@receiver/ledger/inbox";
import type { WakeUp } from "@receiver/queues";
import type { Logger } from "@receiver/runtime";
import type { ReadDelivery } from "../read-delivery.ts";
import { knownType } from "./known-type.ts";

export type Disposition = Receipt["disposition"];

/** What was stored: for the log and the metrics. `type` is null where the body has none of ours. */
export type Sighting = { type: Message["type"] | null; disposition: Disposition };

export type StoreTools = {
  inbox: Pick<Inbox, "receive" | "receiveSpooled">;
  /** Told of each stored delivery that a worker has to apply. Must not throw. */
  wake(wakeUp: WakeUp): void;
  seen(sighting: Sighting): void;
  logger: Logger;
};

/** Into Postgres, and then what follows from a row that is committed: its worker is woken, it is counted and logged. */
export type Store = {
  store(read: ReadDelivery): Promise<Disposition>;
  /** All or none. */
  storeSpooled(reads: readonly ReadDelivery[]): Promise<void>;
};

export function createStore({ inbox, wake, seen, logger }: StoreTools): Store {
  const committed = ({ delivery, message }: ReadDelivery, { disposition, publish }: Receipt, startedAt: number) => {
    if (publish !== null && message !== null) wake(wakeUpOf(delivery, message, publish.epoch));
    seen({ type: message?.type ?? null, disposition });
    logger.info({
      event: "delivery-received",
      deliveryId: delivery.id,
      messageType: knownType(delivery.type),
      disposition,
      companyId: delivery.companyId,
      bytes: delivery.body.byteLength,
      durationMs: Math.round(performance.now() - startedAt),
    });
  };
  return {
    store: async (read) => {
      const startedAt = performance.now();
      const receipt = await inbox.receive(read.delivery);
      committed(read, receipt, startedAt);
      return receipt.disposition;
    },
    storeSpooled: async (reads) => {
      const startedAt = performance.now();
      const receipts = await inbox.receiveSpooled(reads.map(({ delivery }) => delivery));
      for (const [index, read] of reads.entries()) committed(read, receipts[index] as Receipt, startedAt);
    },
  };
}

type Delivery = ReadDelivery["delivery"];

function wakeUpOf(
  { id, receivedAt }: Delivery,
  { type, companyId }: Pick<Message, "type" | "companyId">,
  epoch: number,
): WakeUp {
  const data = { deliveryId: id, messageType: type, companyId, receivedAt: receivedAt.toISOString() };
  return { queue: type, id, epoch, data, dueAt: null };
}
