import type { DeliveryType } from "@receiver/contracts";

/**
 * What a row asks of the queues: run the job of this id and epoch, not before `dueAt`. The row in Postgres is the truth,
 * the job only wakes somebody. The queue bears the message type's name, `data` nothing personal.
 */
export type WakeUp = {
  queue: DeliveryType | "RETRY_FOLLOW_UP" | "NOTIFICATION";
  id: string;
  epoch: number;
  data: Record<string, string>;
  dueAt: Date | null;
};

export function deliveryWakeUp(row: {
  id: string;
  epoch: number;
  message_type: string | null;
  company_id: string | null;
  received_at: Date;
}): WakeUp {
  return {
    queue: row.message_type as DeliveryType, // only deliveries that were classified become pending
    id: row.id,
    epoch: row.epoch,
    data: {
      deliveryId: row.id,
      messageType: row.message_type ?? "",
      companyId: row.company_id ?? "",
      receivedAt: row.received_at.toISOString(),
    },
    dueAt: null,
  };
}

export function notificationWakeUp(row: {
  id: string;
  epoch: number;
  type: string;
  subscriber_id: string;
  next_attempt_at: Date;
}): WakeUp {
  const data = { notificationId: row.id, type: row.type, subscriberId: row.subscriber_id };
  return { queue: "NOTIFICATION", id: row.id, epoch: row.epoch, data, dueAt: row.next_attempt_at };
}

export function followUpWakeUp(row: { id: string; epoch: number; client_file_id: string; due_at: Date }): WakeUp {
  const data = { followUpId: row.id, clientFileId: row.client_file_id };
  return { queue: "RETRY_FOLLOW_UP", id: row.id, epoch: row.epoch, data, dueAt: row.due_at };
}
