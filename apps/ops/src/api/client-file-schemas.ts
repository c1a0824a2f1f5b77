import { asks, clientFileStates, flags, followUps } from "@receiver/contracts";
import { z } from "zod";
import { fileRetention } from "./erasure-schemas.ts";
import { isoTime } from "./fields.ts";

const score = z
  .union([z.number(), z.string()])
  .nullable()
  .describe("As Danaya sent it: scores of two fields are not on one scale");

/** A file in a list. */
export const clientFileSummary = z.object({
  id: z.uuid(),
  companyId: z.string(),
  fileNumber: z.string().nullable(),
  fileUuid: z.string().nullable(),
  externalId: z.string().nullable(),
  kind: z.enum(["KYC", "KYB"]),
  state: z.enum(clientFileStates).describe("What the events say; to a machine, what was released"),
  releasedState: z
    .enum(clientFileStates)
    .describe("What subscribers hear of: a decision that rests on webhooks alone waits until somebody vouches for it"),
  flags: z.array(z.enum(flags)),
  confirmation: z
    .enum(["confirmed", "unconfirmed", "none"])
    .describe(
      "confirmed by Danaya's API or an operator; unconfirmed while a decision rests on webhooks alone; none without a decision",
    ),
  score,
  version: z.int(),
  openedAt: isoTime,
  lastEventAt: isoTime,
});

const transition = z.object({
  version: z.int(),
  from: z.string(),
  to: z.string(),
  occurredAt: isoTime,
  recordedAt: isoTime,
  cause: z.string().describe("The delivery, or the registration, that caused it"),
  reversal: z.boolean().describe("A decision was overturned"),
});

const document = z.object({
  id: z.string(),
  space: z.enum(["upload", "analysis"]),
  type: z.string().nullable(),
  expiry: z.object({ day: z.string().nullable(), disagree: z.boolean() }),
  validity: z.enum(["never-expires", "unknown", "valid", "near", "expired"]),
});

const documentNotice = z.object({
  documentId: z.string(),
  expiresOn: z.iso.date(),
  threshold: z.int().describe("How many days are left when it is told: 90, 30, 7 or 0"),
  dueAt: isoTime,
  status: z.string().describe("pending, done or cancelled"),
});

const confidence = z.union([z.number(), z.string()]);

const retry = z.object({
  documentId: z.string(),
  documentType: z.string().nullable(),
  verification: z.string(),
  attempts: z.int().describe("Of this file, and carried over from files that it supersedes"),
  carried: z.int().describe("Of them, those that were carried over: by document type and check"),
  status: z.enum(["open", "settled", "abandoned"]),
  confidences: z.array(confidence),
  confidenceHistory: z.array(z.object({ at: isoTime, value: confidence })),
  ask: z.enum(asks),
  firstAt: isoTime,
  lastAt: isoTime,
  nextAction: z
    .object({ kind: z.enum(followUps), dueAt: isoTime })
    .nullable()
    .describe("What happens next by the clock, unless a newer result comes"),
});

const followUp = z.object({
  id: z.string(),
  documentId: z.string(),
  verification: z.string(),
  attempt: z.int().describe("Of this file: without what was carried over"),
  kind: z.enum(followUps),
  dueAt: isoTime,
  status: z.string().describe("pending, done or cancelled"),
});

const fileDelivery = z.object({
  id: z.string(),
  messageType: z.string().nullable(),
  occurredAt: isoTime,
  receivedAt: isoTime,
  sightings: z.int(),
});

const fileNotification = z.object({
  id: z.string(),
  subscriberId: z.uuid(),
  type: z.string(),
  version: z.int().nullable(),
  status: z.string().describe("pending, delivered or failed"),
  attempts: z.int(),
  createdAt: isoTime,
});

const act = z.object({
  eventId: z.string(),
  kind: z.enum(["decide", "link", "unlink", "abandon", "withdraw"]),
  occurredAt: isoTime.describe("When it counts: after all that was seen"),
  recordedAt: isoTime,
  by: z.string().nullable(),
  reason: z.string().nullable().describe("null for who is no operator"),
  decision: z.string().nullable(),
  fileUuid: z.string().nullable(),
  fileNumber: z.string().nullable(),
  withdraws: z.string().nullable().describe("The act that it takes back"),
  withdrawnBy: z.string().nullable().describe("The act that took it back"),
});

/** One file with all that is known of it. */
export const clientFileDetails = clientFileSummary.extend({
  aliases: z.array(z.string()).describe("Ids of files that were merged into this one"),
  supersedes: z
    .array(z.uuid())
    .describe("Files with the same externalId that were opened before this one, the latest first, ten at most"),
  supersededBy: z.array(z.uuid()).describe("And after it, the earliest first"),
  transitions: z.array(transition).describe("The steps that led to the state, in the order of their events"),
  history: z.array(transition).describe("All that was ever recorded, in the order in which it was learned"),
  documents: z.array(document),
  documentNotices: z.array(documentNotice).describe("What was told, or will be, of the days on which they run out"),
  retries: z.array(retry),
  followUps: z.array(followUp),
  deliveries: z.array(fileDelivery),
  notifications: z.array(fileNotification),
  retention: fileRetention,
  acts: z.array(act).describe("What operators did; a machine sees none"),
});

/** What a refold did, or would do. */
export const fileChange = z.object({
  clientFileId: z.uuid(),
  version: z.int(),
  changed: z.boolean().describe("State, flags or counters differ: subscribers are told"),
  state: z.object({ before: z.enum(clientFileStates).nullable(), after: z.enum(clientFileStates) }),
  flags: z.object({ before: z.array(z.enum(flags)), after: z.array(z.enum(flags)) }),
  reversed: z.boolean().describe("A decision was taken back"),
});
