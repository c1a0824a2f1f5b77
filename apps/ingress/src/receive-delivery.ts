import { randomUUID } from "node:crypto";
import type { SealBody } from "@receiver/sealing";
import { readDelivery } from "./read-delivery.ts";
import { type Receipt, unavailable } from "./receipt.ts";
import { sealDelivery } from "./seal-delivery.ts";
import type { KeepDelivery } from "./storage/keep-delivery.ts";

export type ReceiveDelivery = (body: Uint8Array, withinMs: number) => Promise<Receipt>;

export type ReceiverDeps = {
  keep: KeepDelivery;
  /** null: bodies are kept as they come. */
  seal: SealBody | null;
  /** null: those of any company. */
  allowedCompanyIds: ReadonlySet<string> | null;
  notStored(err: unknown): void;
};

/** Classify, seal, keep, answer: what is answered as stored is on disk, and this process can't read it there. */
export function createReceiver({ keep, seal, allowedCompanyIds, notStored }: ReceiverDeps): ReceiveDelivery {
  return async (body, withinMs) => {
    const read = readDelivery(body, { receivedAt: new Date(), receiptId: randomUUID() }, allowedCompanyIds);
    if (read.kind === "not-json") return { kind: "not-json", problems: read.problems };
    const { id: deliveryId, problems } = read.delivery;
    try {
      const sealed = await sealDelivery(read, seal);
      return { kind: await keep(sealed, withinMs), deliveryId, problems };
    } catch (err) {
      notStored(err);
      return unavailable;
    }
  };
}
