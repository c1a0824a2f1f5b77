import type { Processors, QueuesOf } from "@receiver/worker";
import type { NotificationTools } from "./notification-tools.ts";
import { notification } from "./processors/notification.ts";

/** One per queue that the registry gives to this app: a row without its processor does not compile. */
export const processors = {
  NOTIFICATION: notification,
} satisfies Processors<QueuesOf<"notification-worker">, NotificationTools>;
