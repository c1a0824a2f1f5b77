import type { Message } from "@receiver/contracts";
import { isEnvelope } from "@receiver/sealing";
import { z } from "zod";
import type { ReadDelivery } from "../read-delivery.ts";

/** What can't be read of a sealed body again. Nothing in it is personal: it is what the row says beside the body. */
export const spooledFacts = z.object({
  id: z.string(),
  type: z.string().nullable(),
  companyId: z.string().nullable(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
  /** It is one that could be applied. */
  isMessage: z.boolean(),
});
export type SpooledFacts = z.output<typeof spooledFacts>;

/** A delivery as the spool keeps it. `facts` is null where the body is plain: it says all of it. */
export type SpooledDelivery = { receivedAt: Date; body: Uint8Array; facts: SpooledFacts | null };

export function spooledOf({ delivery, message }: ReadDelivery): SpooledDelivery {
  const { id, type, companyId, problems, receivedAt, body } = delivery;
  const facts = { id, type, companyId, problems, isMessage: message !== null };
  return { receivedAt, body, facts: isEnvelope(body) ? facts : null };
}

export function readOf({ receivedAt, body }: SpooledDelivery, facts: SpooledFacts): ReadDelivery {
  const { id, type, companyId, problems } = facts;
  return { kind: "read", delivery: { id, body, type, companyId, receivedAt, problems }, message: messageIn(facts) };
}

/** Its type is one of ours, or of the version that took it. */
function messageIn({ isMessage, type, companyId }: SpooledFacts): ReadDelivery["message"] {
  if (!isMessage || type === null || companyId === null) return null;
  return { type: type as Message["type"], companyId };
}
