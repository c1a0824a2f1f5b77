import { applyStoredDelivery, type DeliveryTools, type Processor } from "@receiver/worker";

/** The form without an envelope: it bears uuid and number, so it links a file for certain, and it decides. */
export const flatClientFile: Processor<"FLAT_CLIENT_FILE", DeliveryTools> = applyStoredDelivery;
