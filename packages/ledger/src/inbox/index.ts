export { watchDurability } from "../durability/watch-durability.ts";
export { deliveryIdOf } from "./delivery-id.ts";
export { type Inbox, type InboxOptions, openInbox } from "./open-inbox.ts";
export type { IncomingDelivery, Receipt } from "./store-deliveries.ts";
