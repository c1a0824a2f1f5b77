import type { DeliveryTools, Processors, QueuesOf } from "@receiver/worker";
import { retryDocumentVerification } from "./processors/retry-document-verification.ts";
import { retryFollowUp } from "./processors/retry-follow-up.ts";

/** One per queue that the registry gives to this app: a row without its processor does not compile. */
export const processors = {
  RETRY_DOCUMENT_VERIFICATION: retryDocumentVerification,
  RETRY_FOLLOW_UP: retryFollowUp,
} satisfies Processors<QueuesOf<"retry-worker">, DeliveryTools>;
