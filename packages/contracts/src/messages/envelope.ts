import { z } from "zod";
import { id } from "../fields/id.ts";
import { informational } from "../fields/informational.ts";
import { timestamp } from "../fields/timestamp.ts";
import { unread } from "../fields/unread.ts";
import type { MessageType } from "../message-types.ts";

/** Whose file it is, as payloads repeat it. */
export const company = z.object({ id: informational(id), name: unread(), verifications: unread() });

type Payload = { company: z.output<typeof company> | null };

/** A payload's own rule where it isn't an object at all. */
export const payloadRule = { error: "must be an object" };

/**
 * The envelope around one message's payload. The message that comes out is flat at its head, and bears only what the
 * contract names: `company` has served once it is compared, unknown keys are gone.
 */
export const envelope = <T extends MessageType, P extends Payload>(type: T, payload: z.ZodType<P>) =>
  z
    .object({
      webhookId: informational(id),
      companyId: id,
      messageType: z.literal(type),
      timestamp,
      payload,
    })
    .refine(({ companyId, payload }) => [undefined, null, companyId].includes(payload.company?.id), {
      path: ["payload", "company", "id"],
      error: "must equal companyId: the two name different accounts",
    })
    .transform(({ companyId, webhookId, timestamp, payload: { company, ...facts } }) => ({
      type,
      companyId,
      webhookId,
      occurredAt: timestamp,
      payload: facts,
    }));
