import type { NotificationBody } from "@receiver/contracts";
import type { MasterKeys } from "@receiver/sealing";
import { wrapFailed, wrapUntilOutage } from "./bodies/wrap-bodies.ts";
import { addToOutbox, subscribersOf } from "./outbox.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "./transaction.ts";
import type { WakeUp } from "./wake-up.ts";

/**
 * Tells subscribers of quarantined deliveries, once each. The ingress only stores: it may not know who is to be told. Afterwards their
 * bodies, and those of deliveries that failed, are sealed under keys of their own, since no worker may ever come to them; what is
 * missed here `npm run keys -- rotate` finds.
 */
export async function announceQuarantined(
  db: LedgerDatabase,
  masterKeys: MasterKeys | null,
  now: Date,
  limit: number,
): Promise<WakeUp[]> {
  const { told, wakeUps } = await tellUntold(db, now, limit);
  if (masterKeys === null) return wakeUps;
  await wrapUntilOutage(db, masterKeys, told, now);
  await wrapFailed(db, masterKeys, limit, now);
  return wakeUps;
}

async function tellUntold(db: LedgerDatabase, now: Date, limit: number) {
  return inTransaction(db, async (trx) => {
    const untold = await takeUntold(trx, limit);
    const wakeUps: WakeUp[] = [];
    for (const data of untold) {
      const body: NotificationBody = { type: "delivery.quarantined", timestamp: now.toISOString(), data };
      const subscribers = await subscribersOf(trx, data.companyId);
      // Whoever speaks to customers has nothing to do with how messages are spelt.
      const rows = subscribers
        .filter(({ audience }) => audience !== "customer")
        .map((subscriber) => ({ subscriber, body }));
      const subject = { client_file_id: null, version: null, delivery_id: data.deliveryId };
      wakeUps.push(...(await addToOutbox(trx, rows, subject, now)));
    }
    return { told: untold.map(({ deliveryId }) => deliveryId), wakeUps };
  });
}

/** Locked until they are told; those that another process is telling are left to it. */
async function takeUntold(trx: LedgerTransaction, limit: number) {
  const rows = await trx
    .selectFrom("deliveries")
    .select(["id as deliveryId", "company_id as companyId", "message_type as messageType", "problems"])
    .where("status", "=", "quarantined")
    .where("quarantine_told", "=", false)
    .orderBy("received_at")
    .limit(limit)
    .forNoKeyUpdate()
    .skipLocked()
    .execute();
  const ids = rows.map((row) => row.deliveryId);
  if (ids.length > 0)
    await trx.updateTable("deliveries").set({ quarantine_told: true }).where("id", "in", ids).execute();
  return rows;
}
