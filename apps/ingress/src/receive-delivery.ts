import { readDelivery } from "./read-delivery.ts";
import { type Receipt, unavailable } from "./receipt.ts";
import type { KeepDelivery } from "./storage/keep-delivery.ts";

export type ReceiveDelivery = (body: Uint8Array, withinMs: number) => Promise<Receipt>;

export type ReceiverDeps = {
  keep: KeepDelivery;
  /** null: those of any company. */
  allowedCompanyIds: ReadonlySet<string> | null;
  notStored(err: unknown): void;
};

/** Classify, keep, answer: what is answered as stored is on disk. */
export function createReceiver({ keep, allowedCompanyIds, notStored }: ReceiverDeps): ReceiveDelivery {
  return async (body, withinMs) => {
    const read = readDelivery(body, new Date(), allowedCompanyIds);
    if (read.kind === "not-json") return { kind: "not-json", problems: read.problems };
    const { id: deliveryId, problems } = read.delivery;
    try {
      return { kind: await keep(read, withinMs), deliveryId, problems };
    } catch (err) {
      notStored(err);
      return unavailable;
    }
  };
}
