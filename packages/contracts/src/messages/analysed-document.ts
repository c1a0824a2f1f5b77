import { z } from "zod";
import { id } from "../fields/id.ts";
import { informational, informationalList } from "../fields/informational.ts";
import { rawScore } from "../fields/score.ts";
import { text } from "../fields/text.ts";

/** One check of one document. Both spellings of the type's key are in use. */
export const verificationResult = z
  .object({
    verificationType: informational(text),
    type: informational(text),
    status: informational(text),
    confidence: informational(rawScore),
    attempt: informational(z.int32().nonnegative()),
  })
  .transform(({ verificationType, type, ...result }) => ({ verificationType: verificationType ?? type, ...result }));

/** `verificationType` is as sent, `FACE_MATCH` or `FACE_MATCH_CHECK`; `attempt` counts from 1 where it is sent. */
export type VerificationResult = z.output<typeof verificationResult>;

/** A document as an analysis reports it. `ocrExtractedData` is personal: it must reach no log, metric or queue. */
export const analysedDocument = z.object({
  id: informational(id),
  type: informational(text),
  score: informational(rawScore),
  ocrExtractedData: informational(z.record(z.string(), z.unknown())),
  verificationResults: informationalList(verificationResult),
});
export type AnalysedDocument = z.output<typeof analysedDocument>;
