import { z } from "zod";
import { id } from "../fields/id.ts";
import { informational, informationalList } from "../fields/informational.ts";
import { documentTypeWord, verificationStatusWord, verificationTypeWord } from "../fields/open-set.ts";
import { rawScore } from "../fields/score.ts";
import { unread } from "../fields/unread.ts";

/** One check of one document. Both spellings of the type's key are in use. */
export const verificationResult = z
  .object({
    verificationType: informational(verificationTypeWord),
    type: informational(verificationTypeWord),
    status: informational(verificationStatusWord),
    confidence: informational(rawScore),
    attempt: informational(z.int32().nonnegative()),
    id: unread(),
    lastRunDate: unread(),
    scoring: unread(),
    clientFileDocumentId: unread(),
  })
  .transform(({ verificationType, type, ...result }) => ({ verificationType: verificationType ?? type, ...result }));

/** `verificationType` is as sent, `FACE_MATCH` or `FACE_MATCH_CHECK`; `attempt` counts from 1 where it is sent. */
export type VerificationResult = z.output<typeof verificationResult>;

/** A document as an analysis reports it. `ocrExtractedData` is personal: it must reach no log, metric or queue. */
export const analysedDocument = z.object({
  id: informational(id),
  type: informational(documentTypeWord),
  score: informational(rawScore),
  ocrExtractedData: informational(z.record(z.string(), z.unknown())),
  verificationResults: informationalList(verificationResult),
  frontUrl: unread(),
  backUrl: unread(),
});
export type AnalysedDocument = z.output<typeof analysedDocument>;
