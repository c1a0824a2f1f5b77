import { type MasterKeys, sealUnder } from "@receiver/sealing";
import type { LedgerTransaction } from "../transaction.ts";
import { type EventIds, keyOf, keysAround, openDataKey, ownerOf } from "./data-keys.ts";
import type { StoredBody } from "./open-body.ts";

/** An opened body, and where it is to be kept: with its file, or where `ids` is null by itself. */
export type OpenedBody = { stored: StoredBody; plain: Buffer; ids: EventIds | null };

/**
 * Seals a body under the key of whom it belongs to, and blanks it where that key, or one of the same file's, was destroyed:
 * who was erased stays erased, whatever comes late. Without master keys it stays as it is.
 */
export async function keepBody(
  trx: LedgerTransaction,
  masterKeys: MasterKeys | null,
  { stored, plain, ids }: OpenedBody,
  now: Date,
): Promise<void> {
  const { deliveryId } = stored;
  const around = ids === null ? [] : await keysAround(trx, ids);
  const destroyed = around.find(({ sealed }) => sealed === null);
  if (destroyed) return replaceBody(trx, stored, { body: Buffer.alloc(0), data_key_id: destroyed.id });
  if (masterKeys === null) return;

  const owner = ids === null ? { deliveryId } : ownerOf(ids);
  const key = await keyOf(trx, masterKeys, { owner, known: around }, now);
  if (key.id === stored.key?.id) return;
  const body = sealUnder(openDataKey(masterKeys, key), plain, deliveryId);
  await replaceBody(trx, stored, { body, data_key_id: key.id });
}

async function replaceBody(
  trx: LedgerTransaction,
  { deliveryId, key }: StoredBody,
  kept: { body: Buffer; data_key_id: string },
): Promise<void> {
  await trx.updateTable("delivery_bodies").set(kept).where("delivery_id", "=", deliveryId).execute();
  // Its own key, from when it belonged to no file, seals nothing any more.
  if (key && key.id !== kept.data_key_id && "deliveryId" in key.owner)
    await trx.deleteFrom("data_keys").where("id", "=", key.id).execute();
}
