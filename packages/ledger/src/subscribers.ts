import { randomBytes } from "node:crypto";
import type { Audience } from "@receiver/contracts";
import { v7 as uuidv7 } from "uuid";
import { writeAudit } from "./audit.ts";
import type { SubscribersTable } from "./tables.ts";
import { inTransaction, type LedgerDatabase } from "./transaction.ts";

export type Subscriber = {
  id: string;
  name: string;
  kind: "http";
  url: string;
  /** Notification types, or `*` for all. */
  types: string[];
  /** Null: every company. */
  companies: string[] | null;
  audience: Audience;
  createdAt: string;
};
export type SubscriberSettings = Pick<Subscriber, "name" | "kind" | "url" | "types" | "companies" | "audience">;

/** 256 bits; Standard Webhooks asks for 192 to 512. */
const SECRET_BYTES = 32;

/** @returns the subscriber with its secret (`whsec_` and base64), which nobody is shown again. */
export async function createSubscriber(
  db: LedgerDatabase,
  settings: SubscriberSettings,
  by: { actor: string; now: Date },
): Promise<Subscriber & { secret: string }> {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
  return inTransaction(db, async (trx) => {
    const row = await trx
      .insertInto("subscribers")
      .values({ id: uuidv7(), ...settings, secret, created_at: by.now, removed_at: null })
      .returningAll()
      .executeTakeFirstOrThrow();
    await writeAudit(trx, { actor: by.actor, action: "subscriber.create", target: row.id, reason: null });
    return { ...subscriberOf(row), secret };
  });
}

export async function listSubscribers(db: LedgerDatabase): Promise<Subscriber[]> {
  const rows = await db.selectFrom("subscribers").selectAll().where("removed_at", "is", null).orderBy("id").execute();
  return rows.map(subscriberOf);
}

export async function updateSubscriber(
  db: LedgerDatabase,
  id: string,
  changes: Partial<SubscriberSettings>,
  by: { actor: string },
): Promise<Subscriber | null> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable("subscribers")
      .set((eb) => ({ name: eb.ref("name"), ...changes }))
      .where("id", "=", id)
      .where("removed_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    if (!row) return null;
    await writeAudit(trx, { actor: by.actor, action: "subscriber.update", target: id, reason: null });
    return subscriberOf(row);
  });
}

/** What it was told stays on record; what it was still to be told is not sent and counts as failed. */
export async function removeSubscriber(
  db: LedgerDatabase,
  id: string,
  by: { actor: string; now: Date },
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable("subscribers")
      .set({ removed_at: by.now })
      .where("id", "=", id)
      .where("removed_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (!row) return false;
    await trx
      .updateTable("notifications")
      .set({ status: "failed", settled_at: by.now })
      .where("subscriber_id", "=", id)
      .where("status", "=", "pending")
      .execute();
    await writeAudit(trx, { actor: by.actor, action: "subscriber.remove", target: id, reason: null });
    return true;
  });
}

function subscriberOf(row: SubscribersTable): Subscriber {
  const { id, name, kind, url, types, companies, audience, created_at } = row;
  return { id, name, kind, url, types, companies, audience, createdAt: created_at.toISOString() };
}
