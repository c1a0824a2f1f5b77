import { applyStoredDelivery, type DeliveryTools, type Processor } from "@receiver/worker";

/** A result of the analysis: it moves a file, brings its documents and settles its retries, and never decides. */
export const analysisResult: Processor<"ANALYSIS_RESULT", DeliveryTools> = applyStoredDelivery;
