/** About a file as a whole. */
export const clientFileNotificationTypes = [
  "client_file.received",
  "client_file.state_changed",
  "client_file.approved",
  "client_file.rejected",
  "client_file.reopened",
  "client_file.conflict",
  "client_file.stalled",
] as const;

/** About checks that must be run again: these bear the counters. */
export const verificationNotificationTypes = ["verification.retry_requested", "verification.escalated"] as const;

/** About documents that run out: these bear the documents. */
export const documentNotificationTypes = ["document.expiring", "document.expired"] as const;

/** About a delivery that can't be applied, hence about no file. */
export const deliveryNotificationTypes = ["delivery.quarantined"] as const;

export const notificationTypes = [
  ...clientFileNotificationTypes,
  ...verificationNotificationTypes,
  ...documentNotificationTypes,
  ...deliveryNotificationTypes,
] as const;
export type NotificationType = (typeof notificationTypes)[number];
