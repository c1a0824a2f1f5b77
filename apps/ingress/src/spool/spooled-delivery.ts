import { createHash } from "node:crypto";
import type { Message } from "@receiver/contracts";
import type { IncomingDelivery } from "@receiver/ledger/inbox";
import { z } from "zod";
import type { ReadDelivery } from "../read-delivery.ts";

/** What can't be read of the body again, which may be sealed. Nothing in it is personal: it is what the row says beside the body. */
export const spooledFacts = z.object({
  id: z.string(),
  type: z.string().nullable(),
  companyId: z.string().nullable(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
  /** It is one that could be applied. */
  isMessage: z.boolean(),
  /** Missing: of a version that had none. */
  receiptId: z.uuid().optional(),
});
export type SpooledFacts = z.output<typeof spooledFacts>;

/** A delivery as the spool keeps it. `facts` is null where an older version kept a plain body, which says all of it. */
export type SpooledDelivery = { receivedAt: Date; body: Uint8Array; facts: SpooledFacts | null };

export function spooledOf({ delivery, message }: ReadDelivery): SpooledDelivery {
  const { id, type, companyId, problems, receivedAt, receiptId, body } = delivery;
  return { receivedAt, body, facts: { id, type, companyId, problems, isMessage: message !== null, receiptId } };
}

export function readOf(spooled: SpooledDelivery, facts: SpooledFacts): ReadDelivery {
  const { id, type, companyId, problems } = facts;
  const delivery = { id, body: spooled.body, type, companyId, problems, ...receiptOf(spooled) };
  return { kind: "read", delivery, message: messageIn(facts) };
}

/** One of an older version gets the same id each time it is read, because draining may tell it twice. */
export function receiptOf({
  receivedAt,
  body,
  facts,
}: SpooledDelivery): Pick<IncomingDelivery, "receivedAt" | "receiptId"> {
  const derived = () => createHash("sha256").update(body).update(receivedAt.toISOString()).digest("hex").slice(0, 32);
  return { receivedAt, receiptId: facts?.receiptId ?? derived() };
}

/** Its type is one of ours, or of the version that took it. */
function messageIn({ isMessage, type, companyId }: SpooledFacts): ReadDelivery["message"] {
  if (!isMessage || type === null || companyId === null) return null;
  return { type: type as Message["type"], companyId };
}
