import { applyStoredDelivery, type DeliveryTools, type Processor } from "@receiver/worker";

/** Danaya wants a verification done again: counted per document, with timers that ask, remind and escalate. */
export const retryDocumentVerification: Processor<"RETRY_DOCUMENT_VERIFICATION", DeliveryTools> = applyStoredDelivery;
