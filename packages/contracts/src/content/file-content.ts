import { z } from "zod";
import { informational, informationalList } from "../fields/informational.ts";
import { text } from "../fields/text.ts";
import { analysedDocument, verificationResult } from "../messages/analysed-document.ts";

const whatever = z.record(z.string(), z.unknown());

/** A check's result as it came, with its type, which is what tells who may see it. */
const givenVerification = whatever.transform((result) => ({
  type: informational(verificationResult).parse(result)?.verificationType ?? null,
  result,
}));

const contentDocument = z.object({
  id: analysedDocument.shape.id,
  type: informational(text),
  ocrExtractedData: analysedDocument.shape.ocrExtractedData,
  verificationResults: informationalList(givenVerification),
});

/**
 * What a message says of a person, as it came. Links to pictures are left out: they are valid for half an hour. All of it is
 * personal, and read for nobody but who may see it: it stands in no {@link Message}.
 */
export const fileContent = z.object({
  additionalData: informational(whatever),
  documents: informationalList(contentDocument),
});
export type FileContent = z.output<typeof fileContent>;
