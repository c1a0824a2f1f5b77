import { deliveryKey, takeLocks } from "../apply/lock-keys.ts";
import { writeAudit } from "../audit.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "../transaction.ts";
import { destroyBodies } from "./destroy-content.ts";
import type { Operator } from "./erase-file.ts";

export type DeliveryErasure =
  | { kind: "erased" | "already-erased" | "not-found" }
  /** It is evidence of that file, and erased with it. */
  | { kind: "of-a-file"; clientFileId: string | null }
  /** It is still to be applied: its body is what it will be applied from. */
  | { kind: "pending" };

/** Erases the body of a delivery that belongs to no file, because it was quarantined or failed. Safe to repeat. */
export async function eraseDelivery(db: LedgerDatabase, id: string, by: Operator): Promise<DeliveryErasure> {
  return inTransaction(db, async (trx) => {
    await takeLocks(trx, [deliveryKey(id)]);
    const delivery = await lockDelivery(trx, id);
    if (!delivery) return { kind: "not-found" };
    const file = await fileOf(trx, id);
    if (file) return { kind: "of-a-file", clientFileId: file.id };
    if (delivery.status === "pending") return { kind: "pending" };
    if ((await destroyBodies(trx, [id], by)) === 0) return { kind: "already-erased" };
    await writeAudit(trx, { actor: by.actor, action: "delivery.erase", target: id, reason: by.reason });
    return { kind: "erased" };
  });
}

/** A replay, or the same bytes again, must not make it pending meanwhile. */
async function lockDelivery(trx: LedgerTransaction, id: string) {
  return trx.selectFrom("deliveries").select("status").where("id", "=", id).forNoKeyUpdate().executeTakeFirst();
}

/** Its event bears its id. */
async function fileOf(trx: LedgerTransaction, deliveryId: string): Promise<{ id: string | null } | undefined> {
  return trx
    .selectFrom("events as e")
    .leftJoin("client_files as k", (join) =>
      join
        .onRef("k.company_id", "=", "e.company_id")
        .on((eb) =>
          eb.or([
            eb("k.file_number", "=", eb.ref("e.file_number")),
            eb.and([eb("e.file_number", "is", null), eb("k.file_uuid", "=", eb.ref("e.file_uuid"))]),
          ]),
        ),
    )
    .select("k.id")
    .where("e.id", "=", deliveryId)
    .executeTakeFirst();
}
