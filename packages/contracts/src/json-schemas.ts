import { z } from "zod";
import { type DeliveryType, deliveryTypes } from "./message-types.ts";
import { messageSchemas } from "./messages/message.ts";
import { notificationBody } from "./notifications/notification-body.ts";

// The form that goes over the wire, hence the input of every schema. It also leaves objects open: keys may be added.
const wire = { target: "draft-2020-12", io: "input" } as const;

/**
 * Danaya's messages as they are sent, in JSON Schema 2020-12. They describe well-formed messages: `classify` also takes
 * what breaks an informational field, and refuses what a schema can't say (control characters in ids,
 * impossible dates, depth, prototype keys, two accounts in one).
 */
export function incomingJsonSchemas(): Record<DeliveryType, object> {
  const entries = deliveryTypes.map((type) => [type, { title: type, ...z.toJSONSchema(messageSchemas[type], wire) }]);
  return Object.fromEntries(entries) as Record<DeliveryType, object>;
}

/** The body of a notification, in JSON Schema 2020-12. */
export function outgoingJsonSchema(): object {
  return { title: "Notification", ...z.toJSONSchema(notificationBody, wire) };
}
