import { z } from "zod";
import { analysedDocument } from "./analysed-document.ts";
import { analysisPayload } from "./analysis-result.ts";
import { envelope } from "./envelope.ts";

const documentRule = { error: "must be an object" };
const documentsRule = { error: "must be an array of documents: a retry that can't be read can't be counted" };

const retryPayload = analysisPayload.extend({
  documents: z.array(z.object(analysedDocument.shape, documentRule), documentsRule),
});

export const retryDocumentVerification = envelope("RETRY_DOCUMENT_VERIFICATION", retryPayload);
export type RetryDocumentVerification = z.output<typeof retryDocumentVerification>;
