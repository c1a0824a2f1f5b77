import { datings } from "@receiver/events";
import { z } from "zod";
import { fieldProblem } from "../http/problem.ts";
import { fileChange } from "./client-file-schemas.ts";
import { cursorOf, deliveryId, id, isoTime, limitOf, moment, oneOf, only } from "./fields.ts";

const deliveryStatuses = ["pending", "applied", "failed", "quarantined"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

const typeError = "must be a message type: capitals, digits and underscores";
const codeError = "must be an error code: capitals, digits and underscores";
const prefixError = "must be the beginning of a delivery id: up to 40 hexadecimal digits in lower case";

const conditions = {
  disposition: oneOf(["accepted", "quarantined"]).optional().describe("How the ingress answered"),
  // An open set: a quarantined delivery may bear a type that nobody knows.
  messageType: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/, { error: typeError })
    .optional(),
  status: oneOf(deliveryStatuses).optional(),
  companyId: id.optional(),
  // An open set: a row may bear a code of another version.
  errorCode: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/, { error: codeError })
    .optional()
    .describe("Why it failed"),
  q: z
    .string()
    .regex(/^[0-9a-f]{1,40}$/, { error: prefixError })
    .optional()
    .describe("The beginning of a delivery id"),
  from: moment.optional().describe("Received at or after"),
  to: moment.optional().describe("Received before"),
};

/** Also what the deliveries page asks for. */
export const deliveryQuery = only({ ...conditions, limit: limitOf(50), cursor: cursorOf(deliveryId).optional() });

/** What a replay of many selects by. */
export const replayFilter = only(conditions).refine(
  (filter) => Object.values(filter).some((value) => value !== undefined),
  {
    error: `must name at least one condition of ${Object.keys(conditions).join(", ")}: from selects by time alone`,
  },
);

export const deliverySummary = z.object({
  id: z.string(),
  companyId: z.string().nullable(),
  messageType: z.string().nullable(),
  disposition: z.enum(["accepted", "quarantined"]),
  status: z.enum(deliveryStatuses),
  receivedAt: isoTime,
  lastSeenAt: isoTime,
  sightings: z.int().describe("How often the same bytes came"),
  attempts: z.int(),
  epoch: z.int(),
  errorCode: z.string().nullable(),
  problems: z.array(fieldProblem),
  settledAt: isoTime.nullable(),
  dated: z
    .enum(datings)
    .nullable()
    .describe("Its own date against its receipt: more than 10 minutes after, more than 30 days before, or neither"),
});

export const deliveryDetails = deliverySummary.extend({
  sizeBytes: z.int().nullable(),
  erased: z.boolean().describe("Its body was erased, or came after its file was"),
  errorFrames: z.array(z.string()),
  seenAgainAt: z.array(isoTime),
});

export const revealedBody = z.object({
  id: z.string(),
  sizeBytes: z.int(),
  encoding: z.enum(["utf-8", "base64"]).describe("base64 where the bytes are no UTF-8"),
  body: z.string(),
});

const plan = {
  deliveryIds: z.array(z.string()).describe("Applied once more"),
  stillQuarantined: z.array(z.string()).describe("Refused by today's contract too"),
  failing: z
    .array(z.object({ deliveryId: z.string(), code: z.string() }))
    .describe("Can't be applied, and why: a body that was erased, say"),
  nextCursor: z.string().nullable().describe("Not null: more match than were looked at. Send it to go on behind them"),
};

export const replayDryRun = z.object({
  dryRun: z.literal(true),
  ...plan,
  changes: z.array(fileChange).describe("The files that would change, and how"),
});

export const replayed = z.object({ dryRun: z.literal(false), ...plan });
