import { z } from "zod";
import { clientFileStates, flags } from "../client-file-states.ts";
import { text } from "../fields/text.ts";
import { asks, followUps } from "../retry-asks.ts";

/**
 * A file as subscribers see it at one version. `cause` is the delivery (or operator's act) that led there; `aliases`
 * are the ids of files merged into this one; `confirmed` says that the provider or an operator vouches for the decision.
 */
export const clientFileData = z.object({
  clientFileId: z.string(),
  companyId: z.string(),
  fileUuid: z.string().nullable(),
  fileNumber: z.string().nullable(),
  externalId: z.string().nullable(),
  kind: z.enum(["KYC", "KYB"]),
  state: z.enum(clientFileStates),
  previousState: z.enum(clientFileStates).nullable(),
  version: z.int().positive(),
  flags: z.array(z.enum(flags)),
  /** As Danaya sent it; an earlier version read any text as a score. */
  score: z.union([z.number(), text]).nullable(),
  confirmed: z.boolean(),
  processingEnded: z.boolean(),
  aliases: z.array(z.string()),
  cause: z.string().nullable(),
});
export type ClientFileData = z.output<typeof clientFileData>;

/** With the checks to run again. `verification` is normalised (`FACE_MATCH`); `followUp` tells a step of the clock. */
export const verificationData = clientFileData.extend({
  retries: z.array(
    z.object({
      documentId: z.string(),
      documentType: z.string().nullable(),
      verification: z.string(),
      attempts: z.int().positive(),
      status: z.enum(["open", "settled", "abandoned"]),
      ask: z.enum(asks),
    }),
  ),
  followUp: z.enum(followUps).optional(),
});
export type VerificationData = z.output<typeof verificationData>;

/**
 * With the document that runs out. `expiresOn` is a day, `2026-12-20`, on which it is good still; `daysLeft` is negative once it is past.
 * `threshold`: of how many days that are left this tells, 90, 30, 7 or 0. An earlier version named none, and all documents at once.
 */
export const documentsData = clientFileData.extend({
  documents: z.array(
    z.object({
      documentId: z.string(),
      type: z.string().nullable(),
      expiresOn: z.iso.date(),
      daysLeft: z.int(),
      threshold: z.int().nonnegative().optional(),
    }),
  ),
});
export type DocumentsData = z.output<typeof documentsData>;
