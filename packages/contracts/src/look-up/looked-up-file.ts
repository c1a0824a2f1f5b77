import { z } from "zod";
import { id } from "../fields/id.ts";
import { informationalList } from "../fields/informational.ts";
import { text } from "../fields/text.ts";
import { analysedDocument, verificationResult } from "../messages/analysed-document.ts";

/** A document as a look-up shows it: other keys than a webhook's, and no score. `contentMap` is what OCR read, hence personal. */
const lookedUpDocument = z
  .object({
    id: analysedDocument.shape.id,
    type: analysedDocument.shape.type,
    contentMap: analysedDocument.shape.ocrExtractedData,
    verifications: informationalList(verificationResult),
  })
  .transform(({ contentMap, verifications, ...document }) => ({
    ...document,
    score: null,
    ocrExtractedData: contentMap,
    verificationResults: verifications,
  }));

/**
 * What `GET …/client-file-to-analyze-id/{uuid}` says of a file; `id` is the file's number. Without a number or a status it
 * answers nothing that was asked. `reasons` and `requestedDate` are documented, too, and not read: the former may be
 * anybody's words, and what the latter dates is said nowhere.
 */
export const lookedUpFile = z.object(
  { id, status: text, documents: informationalList(lookedUpDocument) },
  { error: "must be an object: one client file" },
);
export type LookedUpFile = z.output<typeof lookedUpFile>;
