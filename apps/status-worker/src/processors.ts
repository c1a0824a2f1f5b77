import type { DeliveryTools, Processors, QueuesOf } from "@receiver/worker";
import { analysisResult } from "./processors/analysis-result.ts";
import { clientFileStatusChanged } from "./processors/client-file-status-changed.ts";
import { documentToAnalyseReceived } from "./processors/document-to-analyse-received.ts";
import { flatClientFile } from "./processors/flat-client-file.ts";

/** One per queue that the registry gives to this app: a row without its processor does not compile. */
export const processors = {
  DOCUMENT_TO_ANALYSE_RECEIVED: documentToAnalyseReceived,
  ANALYSIS_RESULT: analysisResult,
  CLIENT_FILE_STATUS_CHANGED: clientFileStatusChanged,
  FLAT_CLIENT_FILE: flatClientFile,
} satisfies Processors<QueuesOf<"status-worker">, DeliveryTools>;
