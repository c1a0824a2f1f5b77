/** Danaya's four message types, as `messageType` spells them. */
export const messageTypes = [
  "DOCUMENT_TO_ANALYSE_RECEIVED",
  "ANALYSIS_RESULT",
  "CLIENT_FILE_STATUS_CHANGED",
  "RETRY_DOCUMENT_VERIFICATION",
] as const;
export type MessageType = (typeof messageTypes)[number];

/** What a delivery can be: one of the four messages, or the flat form that has no envelope. */
export const deliveryTypes = [...messageTypes, "FLAT_CLIENT_FILE"] as const;
export type DeliveryType = (typeof deliveryTypes)[number];
