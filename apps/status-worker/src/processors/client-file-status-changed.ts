import { applyStoredDelivery, type DeliveryTools, type Processor } from "@receiver/worker";

/** The message that decides: its status approves or refuses through the status map. */
export const clientFileStatusChanged: Processor<"CLIENT_FILE_STATUS_CHANGED", DeliveryTools> = applyStoredDelivery;
