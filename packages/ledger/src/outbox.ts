import type { NotificationBody } from "@receiver/contracts";
import { v7 as uuidv7 } from "uuid";
import type { SubscribersTable } from "./tables/outbox.ts";
import type { LedgerTransaction } from "./transaction.ts";
import { notificationWakeUp, type WakeUp } from "./wake-up.ts";

type Recipient = Pick<SubscribersTable, "id" | "audience" | "types">;
/** What a row is about: a version of a file, or a delivery. With the subscriber it is unique. */
type Subject = { client_file_id: string | null; version: number | null; delivery_id: string | null };

/** Whoever is to be told about this company; a delivery that names none concerns those who listen to all. */
export async function subscribersOf(trx: LedgerTransaction, companyId: string | null): Promise<Recipient[]> {
  return trx
    .selectFrom("subscribers")
    .select(["id", "audience", "types"])
    .where("removed_at", "is", null)
    .where((eb) => eb.or([eb("companies", "is", null), eb(eb.val(companyId), "=", eb.fn.any("companies"))]))
    .orderBy("id")
    .execute();
}

/**
 * One row per subscriber that asked for the body's type. The body is kept as the text that will be signed: the same bytes at
 * every attempt. A row that is there already stays as it is.
 */
export async function addToOutbox(
  trx: LedgerTransaction,
  rows: readonly { subscriber: Recipient; body: NotificationBody }[],
  subject: Subject,
  now: Date,
): Promise<WakeUp[]> {
  const wanted = rows.filter(({ subscriber, body }) => wants(subscriber, body));
  if (wanted.length === 0) return [];
  const inserted = await trx
    .insertInto("notifications")
    .values(
      wanted.map(({ subscriber, body }) => ({
        id: `msg_${uuidv7().replaceAll("-", "")}`,
        subscriber_id: subscriber.id,
        ...subject,
        type: body.type,
        audience: subscriber.audience,
        body: JSON.stringify(body),
        status: "pending" as const,
        next_attempt_at: now,
        created_at: now,
        settled_at: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(["id", "epoch", "type", "subscriber_id", "next_attempt_at"])
    .execute();
  return inserted.map(notificationWakeUp);
}

const wants = (subscriber: Recipient, body: NotificationBody): boolean =>
  subscriber.types.includes("*") || subscriber.types.includes(body.type);
