import { applyStoredDelivery, type DeliveryTools, type Processor } from "@receiver/worker";

/** An upload opens a file under its uuid, or joins one that its externalId links; it never moves a file. */
export const documentToAnalyseReceived: Processor<"DOCUMENT_TO_ANALYSE_RECEIVED", DeliveryTools> = applyStoredDelivery;
