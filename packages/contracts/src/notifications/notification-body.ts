import { z } from "zod";
import { clientFileData, documentsData, verificationData } from "./client-file-data.ts";
import {
  clientFileNotificationTypes,
  deliveryNotificationTypes,
  documentNotificationTypes,
  verificationNotificationTypes,
} from "./notification-types.ts";

const quarantinedData = z.object({
  deliveryId: z.string(),
  companyId: z.string().nullable(),
  messageType: z.string().nullable(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
});

const timestamp = z.iso.datetime();

/** What subscribers receive. Parsing one drops every key that isn't named here, so that nothing else can go out. */
export const notificationBody = z.discriminatedUnion("type", [
  z.object({ type: z.enum(clientFileNotificationTypes), timestamp, data: clientFileData }),
  z.object({ type: z.enum(verificationNotificationTypes), timestamp, data: verificationData }),
  z.object({ type: z.enum(documentNotificationTypes), timestamp, data: documentsData }),
  z.object({ type: z.enum(deliveryNotificationTypes), timestamp, data: quarantinedData }),
]);
export type NotificationBody = z.output<typeof notificationBody>;
