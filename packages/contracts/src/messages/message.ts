import type { z } from "zod";
import type { DeliveryType } from "../message-types.ts";
import { analysisResult } from "./analysis-result.ts";
import { clientFileStatusChanged } from "./client-file-status-changed.ts";
import { documentToAnalyseReceived } from "./document-to-analyse-received.ts";
import { flatClientFile } from "./flat-client-file.ts";
import { retryDocumentVerification } from "./retry-document-verification.ts";

/** Every delivery type with its schema: a type without one does not compile. */
export const messageSchemas = {
  DOCUMENT_TO_ANALYSE_RECEIVED: documentToAnalyseReceived,
  ANALYSIS_RESULT: analysisResult,
  CLIENT_FILE_STATUS_CHANGED: clientFileStatusChanged,
  RETRY_DOCUMENT_VERIFICATION: retryDocumentVerification,
  FLAT_CLIENT_FILE: flatClientFile,
} satisfies { [T in DeliveryType]: z.ZodType<{ type: T }> };

/** A delivery that can be applied, told apart by `type`. `occurredAt` is in milliseconds since 1970. */
export type Message = z.output<(typeof messageSchemas)[DeliveryType]>;
